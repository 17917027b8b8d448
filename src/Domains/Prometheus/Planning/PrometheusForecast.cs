using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Plans;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>A plan: the planner's own decisions, unfolded on the model until it has nothing more to do.</summary>
public static class PrometheusForecast
{
    public static PlanForecast Unfold(PrometheusDesired desired, PrometheusLive live) => Unfold(desired, live, PrometheusHashes.Rendered);

    /// <summary>What is desired, as a few words: <c>2 shards of 2 replicas of 3.5.0</c>.</summary>
    internal static string InWords(PrometheusDesired desired)
    {
        var replicas = desired.Replicas == 1 ? "1 replica" : $"{desired.Replicas} replicas";
        return $"{(desired.Shards == 1 ? replicas : $"{desired.Shards} shards of {replicas}")} of {PrometheusRendering.VersionOf(desired)}";
    }

    internal static PlanForecast Unfold(PrometheusDesired desired, PrometheusLive start, PrometheusHashes hashes)
    {
        var model = new PrometheusModel(desired, hashes);
        var forecast = Forecast.Unfold<PrometheusLive, PrometheusStep>(
            start.Cluster,
            start,
            live => PrometheusPlanner.Decide(desired, live, hashes).Decision,
            model.Apply,
            model.Advance,
            Figures
        );
        return new(
            start.Cluster,
            $"{desired.Document.Location.Path}:{desired.Document.Location.Line}",
            desired.Commit,
            Changes(desired, start),
            forecast.Steps,
            Summary(start, forecast),
            Assumptions(forecast.Actions),
            forecast.Verdict,
            forecast.Stop
        )
        {
            Noun = "replica",
            Warnings = [.. UpgradeAdvice.Of(desired, start), .. start.Rendered.Notes],
            Diffs = start is { Confirmed: { } confirmed, Rendered.Files: { } files } ? ConfigurationDiff.Between(confirmed, files) : [],
        };
    }

    private static ImmutableArray<PlanFigure> Figures(PrometheusLive before, PrometheusLive after) =>
        [
            new("shards", Shards(before), Shards(after)),
            new("replicas", Replicas(before), Replicas(after)),
            new("serving", Serving(before), Serving(after)),
        ];

    private static int Shards(PrometheusLive live) => live.Shards.Count(shard => shard.Set is not null);

    private static int Replicas(PrometheusLive live) => live.Shards.Sum(shard => shard.Set?.Replicas ?? 0);

    private static int Serving(PrometheusLive live) => live.Shards.Sum(shard => shard.Replicas.Count(PrometheusComparison.Serves));

    private static ImmutableArray<string> Changes(PrometheusDesired desired, PrometheusLive start)
    {
        var files = start.Rendered.Files;
        return start.Confirmed is not { } confirmed ? [$"new Prometheus: {InWords(desired)}"]
            : files is null || confirmed.Digest == files.Digest ? []
            : ConfigurationChanges.Between(confirmed, files);
    }

    /// <summary>Replicas that come and go.</summary>
    private static PlanSummary Summary(PrometheusLive start, Forecast<PrometheusLive, PrometheusStep> forecast)
    {
        var (before, after) = (Replicas(start), Replicas(forecast.End));
        return new(
            Math.Max(0, after - before),
            Math.Max(0, before - after),
            0,
            forecast.Actions.Count(step => step is PrometheusStep.RestartReplica)
        );
    }

    private static ImmutableArray<string> Assumptions(ImmutableArray<PrometheusStep> steps) =>
        steps.Any(step => step is PrometheusStep.ApplyShard)
            ?
            [
                "the nodes have room for every new pod and its volume",
                "every running Prometheus takes the configuration that promtool has taken; otherwise the last one comes back",
            ]
            : ["every running Prometheus takes the configuration that promtool has taken; otherwise the last one comes back"];
}
