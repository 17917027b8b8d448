using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reviews;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Prometheus.Steps.PrometheusStep>;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>A change that was reviewed is begun only while its plan is no worse than the reviewed one.</summary>
public static partial class PrometheusPlanner
{
    private static Decision<PrometheusStep>? WorseThanReviewed(PrometheusSituation s)
    {
        if (
            IsBegun(s)
            || Change(s) is not { } change
            || Reviewed(s, change) is not { } reviewed
            || PlanReview.WorseThan(
                reviewed,
                PrometheusForecast.Unfold(s.Desired with { Reviewed = null }, s.Live with { Held = null }, s.Hashes)
            )
                is not { } worse
        )
        {
            return null;
        }

        var (reason, wayOut) = PlanReview.Words(reviewed, worse);
        return s.Live.Held?.Change == change
            ? new Blocked(PlanReview.RuleId, reason, wayOut)
            : new Act(new PrometheusStep.HoldBack(new(change, reviewed)));
    }

    /// <summary>What was written down is of this change alone: another is judged by itself.</summary>
    private static ReviewedPlan? Reviewed(PrometheusSituation s, string change) =>
        s.Live.Held is { } held && held.Change == change ? held.Reviewed : s.Desired.Reviewed;

    /// <summary>Half of it is in force, or all of it, or nothing was before: then it goes on.</summary>
    private static bool IsBegun(PrometheusSituation s) => s.Live.Reached is null || s.Published != s.Live.Confirmed?.Digest;

    /// <summary>Null where git says what was last all so.</summary>
    private static string? Change(PrometheusSituation s) =>
        s.IsReached && s.Live.Confirmed?.Digest == s.Wanted!.Digest ? null : $"{s.Hashes.Desired(s.Desired)}/{s.Wanted!.Digest}";
}
