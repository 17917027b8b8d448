using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Reporting;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>A plan: the planner's own decisions, unfolded on the model until it has nothing more to do.</summary>
public static class PrometheusForecast
{
    /// <summary>More than any plan needs; reaching it is a fault of the planner and says so.</summary>
    private const int MostDecisions = 5000;

    public static PlanForecast Unfold(PrometheusDesired desired, PrometheusLive live) => Unfold(desired, live, PrometheusHashes.Rendered);

    internal static PlanForecast Unfold(PrometheusDesired desired, PrometheusLive live, PrometheusHashes hashes)
    {
        var model = new PrometheusModel(desired, hashes);
        var steps = ImmutableArray.CreateBuilder<PlannedStep>();
        var start = live;
        for (var decisions = 0; decisions < MostDecisions; decisions++)
        {
            switch (PrometheusPlanner.Decide(desired, live, hashes).Decision)
            {
                case Decision<PrometheusStep>.Act { Step: var step }:
                    var after = model.Apply(live, step);
                    steps.Add(PrometheusPlannedStep.Of(desired, step, live, after));
                    live = after;
                    break;
                case Decision<PrometheusStep>.Progress progress when model.Advance(live) is var later && ReferenceEquals(later, live):
                    return Forecast(PlanVerdict.Waits, new("waiting", $"waits for {progress.Expected}", "It goes on by itself"));
                case Decision<PrometheusStep>.Progress:
                    live = model.Advance(live);
                    break;
                case Decision<PrometheusStep>.Blocked blocked:
                    return Forecast(PlanVerdict.Waits, new(blocked.Rule, blocked.Reason, blocked.WayOut));
                case Decision<PrometheusStep>.Refused refused:
                    return Forecast(PlanVerdict.Refused, new(refused.Rule, refused.Reason, refused.WayOut));
                default:
                    return Forecast(steps.Count == 0 ? PlanVerdict.NothingToDo : PlanVerdict.Changes, null);
            }
        }

        throw new InvalidOperationException(
            $"The plan for {live.Cluster} did not end after {MostDecisions} decisions; its last steps were {string.Join("; ", steps.TakeLast(4).Select(step => step.Sentence))}. This is a fault of the planner."
        );

        PlanForecast Forecast(PlanVerdict verdict, PlanStop? stop) =>
            new(
                start.Cluster,
                $"{desired.Document.Location.Path}:{desired.Document.Location.Line}",
                desired.Commit,
                Changes(desired, start),
                steps.ToImmutable(),
                Summary(start, live, steps),
                Assumptions(steps),
                verdict,
                stop
            )
            {
                Warnings = [.. UpgradeAdvice.Of(desired, start), .. start.Rendered.Notes],
                Diffs = start is { Confirmed: { } confirmed, Rendered.Files: { } wanted }
                    ? ConfigurationDiff.Between(confirmed, wanted)
                    : [],
            };
    }

    private static ImmutableArray<string> Changes(PrometheusDesired desired, PrometheusLive start)
    {
        var wanted = start.Rendered.Files;
        return start.Confirmed is not { } confirmed ? [$"new Prometheus: {PrometheusReport.Wanted(desired)}"]
            : wanted is null || confirmed.Digest == wanted.Digest ? []
            : ConfigurationChanges.Between(confirmed, wanted);
    }

    /// <summary>Replicas that come and go.</summary>
    private static PlanSummary Summary(PrometheusLive start, PrometheusLive end, IEnumerable<PlannedStep> steps)
    {
        var (before, after) = (Count(start), Count(end));
        return new(
            Math.Max(0, after - before),
            Math.Max(0, before - after),
            0,
            steps.Count(step => step.Kind == nameof(PrometheusStep.RestartReplica))
        );

        static int Count(PrometheusLive live) => live.Shards.Sum(shard => shard.Set?.Replicas ?? 0);
    }

    private static ImmutableArray<string> Assumptions(IEnumerable<PlannedStep> steps) =>
        steps.Any(step => step.Kind == nameof(PrometheusStep.ApplyShard))
            ?
            [
                "the nodes have room for every new pod and its volume",
                "every running Prometheus takes the configuration that promtool has taken; otherwise the last one comes back",
            ]
            : ["every running Prometheus takes the configuration that promtool has taken; otherwise the last one comes back"];
}
