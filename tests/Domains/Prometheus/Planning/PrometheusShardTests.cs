using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using static GitOpsOperator.Domains.Prometheus.Tests.Planning.PrometheusScene;

namespace GitOpsOperator.Domains.Prometheus.Tests.Planning;

/// <summary>Targets go from shard to shard: whoever gets them has found them before the other lets go.</summary>
public sealed class PrometheusShardTests
{
    private static readonly PrometheusDesired One = Desired("replicas: 1\nserviceMonitorSelector: {}");
    private static readonly PrometheusDesired Three = Desired("replicas: 1\nserviceMonitorSelector: {}\nshards: 3");

    [Fact]
    public async Task New_shards_have_found_their_targets_before_the_first_lets_go_of_them()
    {
        var (end, steps) = Walk(Three, await (await RunningAsync(One)).SeenByAsync(Three));

        Assert.Equal([0], Reloads(steps));
        Assert.True(
            steps.IndexOf(steps.First(step => step is PrometheusStep.Publish { Reason: PublishReason.Change }))
                > steps.IndexOf(steps.Last(step => step is PrometheusStep.ApplyShard { IsNew: true }))
        );
        Assert.IsType<Decision<PrometheusStep>.Converged>(PrometheusPlanner.Next(Three, end));
    }

    [Fact]
    public async Task The_remaining_shard_takes_targets_over_before_the_others_let_go()
    {
        var live = await (await RunningAsync(Three)).SeenByAsync(One);
        var (end, steps) = Walk(One, live);

        Assert.Equal([0, 1, 2], Reloads(steps));
        Assert.Equal(3, end.Shards.Count(shard => shard.Set is not null));

        // Just after the first has loaded what it takes over, it has not found anything yet.
        var model = new PrometheusModel(One, Hashes);
        live = model.Apply(
            model.Apply(live, Step<PrometheusStep.Publish>(live)),
            Step<PrometheusStep.Reload>(model.Apply(live, Step<PrometheusStep.Publish>(live)))
        );
        var waits = Assert.IsType<Decision<PrometheusStep>.Progress>(PrometheusPlanner.Next(One, live));
        Assert.Equal("prometheus-main-0 to find its targets before prometheus-main-shard-1 drops some", waits.Expected);
    }

    [Fact]
    public async Task Shards_that_were_kept_take_targets_over_again_before_the_first_lets_go()
    {
        var (kept, _) = Walk(One, await (await RunningAsync(Three)).SeenByAsync(One));
        var (end, steps) = Walk(Three, await kept.SeenByAsync(Three));

        Assert.Equal([1, 2, 0], Reloads(steps));
        Assert.DoesNotContain(steps, step => step is PrometheusStep.ApplyShard { IsNew: true } or PrometheusStep.RestartReplica);
        Assert.IsType<Decision<PrometheusStep>.Converged>(PrometheusPlanner.Next(Three, end));
    }

    [Fact]
    public async Task A_plan_shows_the_lines_of_the_configuration_that_change()
    {
        var faster = Desired("replicas: 1\nserviceMonitorSelector: {}\nscrapeInterval: 10s");
        var plan = PrometheusForecast.Unfold(faster, await (await RunningAsync(One)).SeenByAsync(faster));

        var diff = Assert.Single(plan.Diffs);
        Assert.Equal("global", diff.Title);
        Assert.Contains("+  scrape_interval: 10s", diff.Lines);
        Assert.Contains("```diff\n# global\n", PlanMarkdown.Write(plan), StringComparison.Ordinal);
    }

    private static int[] Reloads(IEnumerable<PrometheusStep> steps) =>
        [.. steps.OfType<PrometheusStep.Reload>().Select(step => step.Shard)];

    private static T Step<T>(PrometheusLive live)
        where T : PrometheusStep => Assert.IsType<T>(Assert.IsType<Decision<PrometheusStep>.Act>(PrometheusPlanner.Next(One, live)).Step);
}
