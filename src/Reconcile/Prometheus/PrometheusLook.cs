using GitOpsOperator.Drift.Prometheus;

namespace GitOpsOperator.Reconcile.Prometheus;

/// <summary>A whole look: the live state, with what git's documents come to.</summary>
public sealed class PrometheusLook(PrometheusObserver observer, PrometheusAssembly assembly)
{
    public async Task<PrometheusLive> AtAsync(PrometheusDesired desired, CancellationToken cancellationToken)
    {
        var live = await observer.ObserveAsync(desired, cancellationToken);

        // Shards that were removed are kept, and need a configuration that lets them scrape nothing.
        var shards = Math.Max(desired.Shards, live.Shards.Select(shard => shard.Index + 1).DefaultIfEmpty(0).Max());
        return live with { Rendered = await assembly.RenderAsync(desired.Document, shards, cancellationToken) };
    }
}
