using System.Collections.Immutable;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>What pull requests need of the clusters: plans, and what has become of a merge.</summary>
internal interface ILiveClusters
{
    Task<PlanForecast> PlanAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken);

    /// <summary>What of the live cluster differs from what is in force, apart from what the document itself would change.</summary>
    Task<ImmutableArray<DriftFact>> DriftAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken);

    /// <summary>The revision of the repository that the clusters follow; null before there is one.</summary>
    string? Followed { get; }

    /// <summary>What the cluster's loop last said; null while it has not looked.</summary>
    ClusterReport? Report(ClusterKey cluster);
}
