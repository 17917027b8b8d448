using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Reviews;
using static GitOpsOperator.Domains.Prometheus.Tests.Planning.PrometheusScene;

namespace GitOpsOperator.Domains.Prometheus.Tests.Planning;

/// <summary>A change that was reviewed, and the live Prometheus as it is when the change is merged.</summary>
public sealed class PrometheusReviewedTests
{
    private const string Where = "pull request 7";

    private static readonly PrometheusDesired Desired = Desired("externalUrl: https://prometheus.example");

    [Fact]
    public async Task A_change_that_is_as_good_as_it_was_reviewed_is_carried_out()
    {
        var live = await (await RunningAsync(Desired())).SeenByAsync(Desired);

        var (end, steps) = Walk(ReviewedOn(live), live);

        Assert.Equal(2, steps.Count(step => step is PrometheusStep.RestartReplica));
        Assert.DoesNotContain(steps, step => step is PrometheusStep.HoldBack);
        Assert.IsType<Decision<PrometheusStep>.Converged>(PrometheusPlanner.Next(Desired, end));
    }

    [Fact]
    public async Task A_change_that_has_become_worse_is_held_back_without_a_pull_request_and_goes_on_when_it_is_over()
    {
        var live = await (await RunningAsync(Desired())).SeenByAsync(Desired);
        var reviewed = ReviewedOn(live) with { Reviewed = ReviewedOn(live).Reviewed! with { Restart = 1 } };

        var hold = Assert.IsType<PrometheusStep.HoldBack>(
            Assert.IsType<Decision<PrometheusStep>.Act>(PrometheusPlanner.Next(reviewed, live)).Step
        );
        live = new PrometheusModel(reviewed, Hashes).Apply(live, hold);
        var kept = HeldPrometheusChange.Read(
            PrometheusRendering.Confirmed(reviewed, live).Metadata.Annotations[HeldPrometheusChange.Annotation]
        );
        Assert.Equal(live.Held, kept);
        foreach (var who in new[] { reviewed, Desired })
        {
            var blocked = Assert.IsType<Decision<PrometheusStep>.Blocked>(PrometheusPlanner.Next(who, live));
            Assert.Equal(PlanReview.RuleId, blocked.By.Rule);
            Assert.Contains("2 to restart instead of 1", blocked.By.Reason, StringComparison.Ordinal);
            Assert.Contains(Where, blocked.By.Reason, StringComparison.Ordinal);
        }

        // As when what was reviewed is what would be done again.
        var (_, steps) = Walk(Desired, live with { Held = live.Held! with { Reviewed = live.Held.Reviewed with { Restart = 2 } } });
        Assert.Equal(2, steps.Count(step => step is PrometheusStep.RestartReplica));
    }

    [Fact]
    public async Task Another_document_is_judged_by_itself()
    {
        var live = await (await RunningAsync(Desired())).SeenByAsync(Desired);
        live = live with { Held = new("another change", ReviewedOn(live).Reviewed! with { Restart = 0 }) };

        var (end, steps) = Walk(Desired, live);

        Assert.Contains(steps, step => step is PrometheusStep.RestartReplica);
        Assert.Null(end.Held);
    }

    [Fact]
    public async Task What_has_begun_is_finished()
    {
        var live = await (await RunningAsync(Desired())).SeenByAsync(Desired);
        var worse = ReviewedOn(live) with { Reviewed = ReviewedOn(live).Reviewed! with { Restart = 0 } };
        live = new PrometheusModel(Desired, Hashes).Apply(live, new PrometheusStep.Begin());

        Assert.IsType<PrometheusStep.ApplyShard>(Assert.IsType<Decision<PrometheusStep>.Act>(PrometheusPlanner.Next(worse, live)).Step);
    }

    private static PrometheusDesired ReviewedOn(PrometheusLive live) =>
        Desired with
        {
            Reviewed = PlanReview.Of(PrometheusForecast.Unfold(Desired, live), Where),
        };
}
