using GitOpsOperator.Drift.Prometheus;
using GitOpsOperator.Drift.Watching;

namespace GitOpsOperator.Reconcile.Prometheus;

/// <summary>A whole look: the live state, with what git's documents come to and what differs from that.</summary>
internal sealed class PrometheusLook(PrometheusObserver observer, PrometheusAssembly assembly, PrometheusDriftDetection detection, KubernetesView view)
{
    public async Task<PrometheusLive> AtAsync(PrometheusDesired desired, CancellationToken cancellationToken)
    {
        var live = await observer.ObserveAsync(desired, cancellationToken);

        // Shards that were removed are kept, and need a configuration that lets them scrape nothing.
        var shards = Math.Max(desired.Shards, live.Shards.Select(shard => shard.Index + 1).DefaultIfEmpty(0).Max());
        var rendered = live with { Rendered = await assembly.RenderAsync(desired.Document, shards, cancellationToken) };
        rendered = PrometheusWords.Mask(rendered, view, desired);
        return rendered with { Drifts = detection.Look(desired, rendered) };
    }
}
