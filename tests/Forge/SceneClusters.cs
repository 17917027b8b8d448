using System.Collections.Immutable;
using GitOpsOperator.Drift;
using GitOpsOperator.Drift.Etcd;
using GitOpsOperator.Drift.Reports;
using GitOpsOperator.Operator.PullRequests;
using GitOpsOperator.Reconcile;
using GitOpsOperator.Reconcile.Etcd;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Tests.Etcd.Planning;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Etcd;

namespace GitOpsOperator.Forge.Tests;

/// <summary>Clusters of the planner's own model: what is planned for them is what the planner would do, and what they report is set by the test.</summary>
internal sealed class SceneClusters : ILiveClusters
{
    public Dictionary<ClusterKey, EtcdLive> Live { get; } = [];

    public Dictionary<ClusterKey, ClusterReport> Reports { get; } = [];

    public string? Followed { get; set; }

    /// <summary>Called before each plan.</summary>
    public Action BeforePlan { get; set; } = () => { };

    public ImmutableArray<DriftFact> Drift { get; set; } = [];

    public int Plans { get; private set; }

    /// <summary>Where the document last planned came from.</summary>
    public DocumentSource? Source { get; private set; }

    public Task<PlanForecast> PlanAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
    {
        Plans++;
        Source = source;
        BeforePlan();
        var live = Live.GetValueOrDefault(document.Key, Scene.Nothing with { Cluster = document.Key });
        return Task.FromResult(EtcdForecast.Unfold(EtcdControl.DesiredOf(new OwnerId("default"), (EtcdClusterDocument)document, source), live, Scene.Hashes));
    }

    public Task<ImmutableArray<DriftFact>> DriftAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken) =>
        Task.FromResult(Drift);

    public ClusterReport? Report(ClusterKey cluster) => Reports.GetValueOrDefault(cluster);
}
