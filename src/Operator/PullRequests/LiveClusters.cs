using System.Collections.Immutable;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>The clusters that the operator manages.</summary>
/// <param name="repository">Name of the repository whose pull requests are reviewed.</param>
internal sealed class LiveClusters(IEnumerable<IClusterDomain> domains, OperatorState state, string repository) : ILiveClusters
{
    public string? Followed => state.Repositories[repository].Applied?.Revision;

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

    public ClusterReport? Report(ClusterKey cluster) => state.Clusters.Find(state.Repositories[repository].Url, cluster);

    private IClusterDomain DomainOf(ClusterDocument document) => domains.Single(domain => domain.Domain == document.Key.Domain);
}
