using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Domains.Prometheus.Tests.Planning.PrometheusScene;

namespace GitOpsOperator.Domains.Prometheus.Tests.Planning;

/// <summary>The first replica of a new version decides whether the others follow.</summary>
public sealed class PrometheusCanaryTests
{
    private static readonly PrometheusDesired Desired = Desired("version: v3.6.0");

    [Fact]
    public async Task It_is_waited_for_until_it_has_scraped_what_the_other_has()
    {
        var waits = Assert.IsType<Decision<PrometheusStep>.Progress>(
            PrometheusPlanner.Next(Desired, await HalfWayAsync(new(10, 10), new(4, 4)))
        );

        Assert.Equal("prometheus-main-1 of 3.6.0 to have scraped as many targets as prometheus-main-0 of 3.5.3 (4 of 10)", waits.Expected);
    }

    [Fact]
    public async Task Where_it_cannot_scrape_what_the_other_can_no_further_replica_is_restarted()
    {
        var blocked = Assert.IsType<Decision<PrometheusStep>.Blocked>(
            PrometheusPlanner.Next(Desired, await HalfWayAsync(new(10, 10), new(10, 8)))
        );

        Assert.Equal("canary-worse", blocked.By.Rule);
        Assert.StartsWith(
            "prometheus-main-1 of 3.6.0 can scrape 8 targets, prometheus-main-0 of 3.5.3 10",
            blocked.By.Reason,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Where_it_fails_to_evaluate_a_rule_no_further_replica_is_restarted()
    {
        var live = (await HalfWayAsync(new(10, 10), new(10, 10))).With(
            0,
            1,
            replica => replica with { Server = replica.Server! with { FailingRules = 1 } }
        );

        Assert.Equal("canary-worse", Assert.IsType<Decision<PrometheusStep>.Blocked>(PrometheusPlanner.Next(Desired, live)).By.Rule);
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(10, 9)]
    [InlineData(0, 0)]
    public async Task Where_it_does_as_well_the_next_follows(int had, int up) =>
        Assert.Equal(
            0,
            Assert
                .IsType<PrometheusStep.RestartReplica>(
                    Assert
                        .IsType<Decision<PrometheusStep>.Act>(
                            PrometheusPlanner.Next(Desired, await HalfWayAsync(new(had, had), new(had, up)))
                        )
                        .Step
                )
                .Ordinal
        );

    /// <summary>One of two replicas has been restarted, and has settled.</summary>
    private static async Task<PrometheusLive> HalfWayAsync(ScrapedTargets before, ScrapedTargets after)
    {
        var live = await (await RunningAsync(Desired())).SeenByAsync(Desired);
        var model = new PrometheusModel(Desired, Hashes);
        while (!live.Shards[0].Replicas.Any(replica => replica.Server is { Version: "3.6.0", HasSettled: true }))
        {
            live = PrometheusPlanner.Next(Desired, live) is Decision<PrometheusStep>.Act { Step: var step }
                ? model.Apply(live, step)
                : model.Advance(live);
        }

        return live.With(0, 0, replica => replica with { Server = replica.Server! with { Targets = before } })
            .With(0, 1, replica => replica with { Server = replica.Server! with { Targets = after } });
    }
}
