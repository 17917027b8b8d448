using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Reconcile.Reviews;

/// <summary>
/// Holds a plan against what was reviewed. What was agreed to is a plan on the live state of that hour; if the same change would now stop
/// half way, lose data or leave less room for a failure, nobody has agreed to it.
/// </summary>
public static class PlanReview
{
    /// <summary>Id of the rule by which every domain holds such a change back.</summary>
    public const string RuleId = "worse-than-reviewed";

    /// <summary>Name of the figure that says how many more members may fail.</summary>
    private const string Tolerates = "tolerates";

    /// <param name="reviewedIn">Where the plan was shown: <c>pull request 7</c>.</param>
    public static ReviewedPlan Of(PlanForecast plan, string reviewedIn) =>
        new(
            reviewedIn,
            Completes(plan),
            LowestTolerance(plan),
            plan.Steps.Any(step => step.Risk == RiskClass.Data),
            plan.Steps.Count(step => !step.Reversible),
            plan.Summary.Remove,
            plan.Summary.Replace,
            plan.Summary.Restart
        );

    /// <summary>In what the plan is worse than what was reviewed, as a sentence without a full stop; null where it is not.</summary>
    public static string? WorseThan(ReviewedPlan reviewed, PlanForecast plan)
    {
        var now = Of(plan, reviewed.ReviewedIn);
        string[] worse =
        [
            .. reviewed.Completes && !now.Completes
                ? [$"it would stop half way: {plan.Stop?.Reason ?? "nothing more could be done"}"]
                : Array.Empty<string>(),
            .. !reviewed.LosesData && now.LosesData ? ["data would be destroyed for good"] : Array.Empty<string>(),
            .. now.Tolerates < reviewed.Tolerates
                ? [$"at its weakest moment {now.Tolerates} more could fail instead of {reviewed.Tolerates}"]
                : Array.Empty<string>(),
            .. More("remove", reviewed.Remove, now.Remove),
            .. More("replace", reviewed.Replace, now.Replace),
            .. More("restart", reviewed.Restart, now.Restart),
            .. now.Irreversible > reviewed.Irreversible
                ? [$"{now.Irreversible} steps could not be undone instead of {reviewed.Irreversible}"]
                : Array.Empty<string>(),
        ];
        return worse.Length == 0 ? null : string.Join("; ", worse);
    }

    /// <summary>Why such a change waits, in words that are the same for every domain.</summary>
    public static Blocker Blocks(ReviewedPlan reviewed, string worse) =>
        new(
            RuleId,
            $"the plan for this change is worse than the one shown in {reviewed.ReviewedIn}, and nothing of it is applied: {worse}",
            "It resumes automatically once the plan is as good as it was; or change the document by another commit, which is evaluated on "
                + "its own"
        );

    private static string[] More(string what, int reviewed, int now) => now > reviewed ? [$"{now} to {what} instead of {reviewed}"] : [];

    private static bool Completes(PlanForecast plan) => plan.Verdict is PlanVerdict.NothingToDo or PlanVerdict.Changes;

    private static int? LowestTolerance(PlanForecast plan) =>
        plan
            .Steps.SelectMany(step => step.Figures)
            .Where(figure => figure.Name == Tolerates)
            .Min(figure => (int?)Math.Min(figure.Before, figure.After));
}
