using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;
using static GitOpsOperator.Domains.Prometheus.Tests.Planning.PrometheusScene;

namespace GitOpsOperator.Domains.Prometheus.Tests.Planning;

/// <summary>What is decided about a change of the live Prometheus.</summary>
public sealed class PrometheusDriftTests
{
    private static readonly DriftFact Scaled = new(
        "StatefulSet/prometheus-main",
        "spec.replicas",
        DriftClass.Drift,
        "2",
        "5",
        null,
        Reverts: true,
        "reverted"
    );

    [Fact]
    public async Task What_was_changed_is_put_back_once()
    {
        var live = await RunningAsync(Desired()) with { Drifts = [Scaled] };

        var (end, steps) = Walk(Desired(), live);

        Assert.Equal(new PrometheusStep.RevertDrift("StatefulSet/prometheus-main"), Assert.Single(steps));
        Assert.Empty(end.Drifts);
    }

    [Fact]
    public async Task In_mode_report_it_is_said_and_left_and_what_git_asks_is_carried_out_all_the_same()
    {
        var reporting = Reporting(Desired());
        var live = await RunningAsync(Desired()) with { Drifts = [Scaled] };

        var left = Assert.IsType<Decision<PrometheusStep>.Blocked>(PrometheusPlanner.Next(reporting, live));
        Assert.Equal("report-only", left.By.Rule);
        Assert.Contains("put StatefulSet/prometheus-main back", left.By.Reason, StringComparison.Ordinal);

        // Its configuration stays the same, so only what git was last seen to ask for tells that this is git's own change.
        var asked = Reporting(Desired("resources: {requests: {memory: 1Gi}}"));
        var (end, steps) = Walk(asked, await (await RunningAsync(Desired())).SeenByAsync(asked));
        Assert.Equal(2, steps.Count(step => step is PrometheusStep.RestartReplica));
        Assert.IsType<Decision<PrometheusStep>.Converged>(PrometheusPlanner.Next(asked, end));
    }

    [Fact]
    public async Task Putting_back_what_would_lose_history_waits_for_an_approval()
    {
        var desired = Desired("storage: {emptyDir: {}}");
        var live = await RunningAsync(desired);
        var scaled = live with
        {
            Drifts = [Scaled],
            Shards = [.. live.Shards.Select(shard => shard with { Set = shard.Set! with { Replicas = 3 } })],
        };

        Assert.Equal("needs-approval", Assert.IsType<Decision<PrometheusStep>.Blocked>(PrometheusPlanner.Next(desired, scaled)).By.Rule);
    }

    private static PrometheusDesired Reporting(PrometheusDesired desired) => desired with { RepositoryMode = DriftMode.Report };
}
