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
    /// <summary>So many documents are remembered that were desired before.</summary>
    private const int Remembered = 8;

    /// <inheritdoc/>
    public string Commit => Source.Commit;

    /// <summary>It was read from git, and not from the record beside the cluster.</summary>
    public bool IsFromGit { get; init; } = true;

    /// <summary>What this life of the operator has read from git of the cluster before, the newest first.</summary>
    public ImmutableArray<AcceptedSpec> Earlier { get; init; } = [];

    /// <summary>The same, with what was desired before it.</summary>
    public EtcdDesired After(EtcdDesired? before) =>
        before is not { IsFromGit: true }
            ? this
            : this with
            {
                Earlier =
                [
                    .. before
                        .Earlier.Prepend(before.Source)
                        .Where(earlier => earlier.BlobId != Source.BlobId)
                        .DistinctBy(earlier => earlier.BlobId)
                        .Take(Remembered),
                ],
            };

    /// <summary>What git says under a blob's id, as far as this life of the operator has read it; null where it has not.</summary>
    public EtcdSpec? SpecOf(string blobId) =>
        !IsFromGit ? null : Earlier.Prepend(Source).FirstOrDefault(read => read.BlobId == blobId)?.Spec;

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
