using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Operator.PullRequests;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Forge.Tests;

/// <summary>Clusters of the planner's own model: what is planned for them is what the planner would do, and what they report is set by the
/// test.</summary>
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
        return Task.FromResult(
            EtcdForecast.Unfold(EtcdDomain.DesiredOf(new OwnerId("default"), (EtcdClusterDocument)document, source), live, Scene.Hashes)
        );
    }

    public Task<ImmutableArray<DriftFact>> DriftAsync(
        ClusterDocument document,
        DocumentSource source,
        CancellationToken cancellationToken
    ) => Task.FromResult(Drift);

    public ClusterReport? Report(ClusterKey cluster) => Reports.GetValueOrDefault(cluster);
}
