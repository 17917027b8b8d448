using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Drift.Cache;

namespace GitOpsOperator.Domains.Prometheus;

/// <summary>A whole observation: the live state, with what git's documents come to and what differs from that.</summary>
internal sealed class PrometheusObservation(
    PrometheusObserver observer,
    PrometheusAssembly assembly,
    PrometheusDriftDetection detection,
    KubernetesView view,
    ClusterObjects objects
)
{
    /// <summary>Has watched what a document may select from, so that a change there is noticed, until the hold is disposed of.</summary>
    public IDisposable Hold(PrometheusDocument document) => objects.Hold(document.TakesFromCluster);

    public async Task<PrometheusLive> ObserveAsync(PrometheusDesired desired, CancellationToken cancellationToken)
    {
        using var hold = objects.Hold(desired.Document.TakesFromCluster);
        var live = await observer.ObserveAsync(desired, cancellationToken);
        await objects.WaitFreshAsync(desired.Document.TakesFromCluster, cancellationToken);

        // Shards that were removed are kept, and need a configuration that lets them scrape nothing.
        var shards = Math.Max(desired.Shards, live.Shards.Select(shard => shard.Index + 1).DefaultIfEmpty(0).Max());
        var rendered = live with { Rendered = await assembly.RenderAsync(desired.Document, shards, cancellationToken) };
        rendered = ProcessWords.Mask(rendered, view, desired);
        return rendered with { Drifts = detection.Look(desired, rendered) };
    }
}
