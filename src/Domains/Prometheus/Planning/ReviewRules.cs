using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reviews;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Prometheus.Steps.PrometheusStep>;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>A change that was reviewed is begun only while its plan is no worse than the reviewed one.</summary>
internal static class ReviewRules
{
    /// <param name="unfold">The plan for a change.</param>
    public static Decision<PrometheusStep>? WorseThanReviewed(
        PrometheusComparison s,
        Func<PrometheusDesired, PrometheusLive, PlanForecast> unfold
    )
    {
        if (
            IsBegun(s)
            || Change(s) is not { } change
            || Reviewed(s, change) is not { } reviewed
            || PlanReview.WorseThan(reviewed, unfold(s.Desired with { Reviewed = null }, s.Live with { Held = null })) is not { } worse
        )
        {
            return null;
        }

        return s.Live.Held?.Change == change
            ? new Blocked(PlanReview.Blocks(reviewed, worse))
            : new Act(new PrometheusStep.HoldBack(new(change, reviewed)));
    }

    /// <summary>What was written down is of this change alone: another is evaluated by itself.</summary>
    private static ReviewedPlan? Reviewed(PrometheusComparison s, string change) =>
        s.Live.Held is { } held && held.Change == change ? held.Reviewed : s.Desired.Reviewed;

    /// <summary>Half of it is in force, or all of it, or nothing was before: then it goes on.</summary>
    private static bool IsBegun(PrometheusComparison s) => s.Live.Reached is null || s.Published != s.Live.Confirmed?.Digest;

    /// <summary>Null where git says what was last all so.</summary>
    private static string? Change(PrometheusComparison s) =>
        s.IsReached && s.Live.Confirmed?.Digest == s.DesiredFiles!.Digest
            ? null
            : $"{s.Hashes.Desired(s.Desired)}/{s.DesiredFiles!.Digest}";
}
