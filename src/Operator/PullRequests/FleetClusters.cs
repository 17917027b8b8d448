using System.Collections.Immutable;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>The clusters that the operator has under control.</summary>
internal sealed class FleetClusters(IReadOnlyList<IClusterDomain> domains, Fleet fleet, RepositoryFollower follower) : ILiveClusters
{
    public string? Followed => follower.HandedOver?.Revision;

    public async Task<PlanForecast> PlanAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken) =>
        (await DomainOf(document).PlanAsync(document, source, cancellationToken)).Forecast;

    public async Task<ImmutableArray<DriftFact>> DriftAsync(
        ClusterDocument document,
        DocumentSource source,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await DomainOf(document).DriftsAsync(document, source, cancellationToken))
                .Select(entry => entry.Fact)
                .Where(fact => fact.Differs && fact.Class != DriftClass.Intent),
        ];

    public ClusterReport? Report(ClusterKey cluster) => fleet.Reports(follower.Url).FirstOrDefault(report => report.Cluster == cluster);

    private IClusterDomain DomainOf(ClusterDocument document) => domains.Single(domain => domain.Domain == document.Key.Domain);
}
