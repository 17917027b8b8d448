using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Reviews;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>What is desired of one cluster, and where it stands in git.</summary>
/// <param name="NewIncarnation">The token to use if a record has to be created: drawn by the caller, since deciding is pure.</param>
public sealed record EtcdDesired(ClusterKey Cluster, OwnerId Owner, string Repository, AcceptedSpec Source, string NewIncarnation)
    : IDesired
{
    /// <inheritdoc/>
    public string Commit => Source.Commit;

    public EtcdSpec Spec => Source.Spec;

    /// <summary>What the repository's configuration says for documents that do not say it themselves.</summary>
    public DriftMode RepositoryMode { get; init; } = DriftMode.Correct;

    /// <summary>What was shown of it before it was merged; null where it was not reviewed.</summary>
    public ReviewedPlan? Reviewed { get; init; }

    /// <summary>The incarnation that git says is to be deleted; null where the cluster is to live.</summary>
    public string? Tombstone { get; init; }

    /// <summary>Which life of the cluster git's status last spoke of; null where it spoke of none.</summary>
    public string? KnownUid { get; init; }

    /// <summary>Why it is not known whether git's status spoke of the cluster; null where it is.</summary>
    public string? UidUnread { get; init; }

    /// <summary>Digests of what a person has approved in the document.</summary>
    public ImmutableArray<string> Approvals { get; init; } = [];

    public DriftMode Mode => Spec.Mode ?? RepositoryMode;
}
