using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Reconcile.Reviews;

/// <summary>A review in short: for the first line of a comment and for a commit status.</summary>
public static class ReviewWords
{
    /// <summary>
    /// One sentence without a full stop. Of what a document says it has names at most, and those are checked when they are read.
    /// </summary>
    public static string Verdict(Review review)
    {
        var changed = review.Clusters.Length;
        return review.Verdict switch
        {
            ReviewVerdict.Invalid when review.Blocker is { } blocker => Blocker(blocker),
            ReviewVerdict.Invalid =>
                $"Invalid: {Count(review.Findings.Count(IsError), "error")} in the documents; what is broken would change nothing",
            ReviewVerdict.NothingToDo when changed == 0 => "No cluster is changed",
            ReviewVerdict.NothingToDo => $"Nothing to do for {OfAll(review)}",
            ReviewVerdict.Refused => $"Refused: {review.Clusters.Count(cluster => cluster.Plan is { Verdict: PlanVerdict.Refused })} of "
                + $"{Count(changed, "changed cluster")} may not become what is proposed",
            ReviewVerdict.Waits =>
                $"Waits: {review.Clusters.Count(Waits)} of {Count(changed, "changed cluster")} cannot go all the way now",
            ReviewVerdict.NeedsApproval =>
                $"Needs approval: data of {Count(review.Clusters.Count(cluster => cluster.DestroysData), "cluster")} would be deleted "
                    + "for good",
            ReviewVerdict.Irreversible => $"Cannot be undone: {Named(review.Steps.Where(step => !step.Reversible))}",
            ReviewVerdict.Outage => $"Outage: {Named(review.Steps.Where(step => step.Risk == RiskClass.Outage))}",
            ReviewVerdict.Unplanned => $"Valid: {OfAll(review)}; not planned on live state",
            ReviewVerdict.Safe => $"Safe: {Count(Steps(review), "step")} for {OfAll(review)}",
            _ => throw new ArgumentOutOfRangeException(nameof(review), review.Verdict, "A verdict without words"),
        };
    }

    internal static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private static string Blocker(ReviewBlocker blocker) =>
        blocker.By.Rule switch
        {
            "merge-conflict" => $"Conflict: the branch does not merge, {Count(blocker.Places.Length, "file")} changed on both sides",
            _ => "Unreadable: what the merge would give cannot be read",
        };

    private static string OfAll(Review review) => $"{review.Clusters.Length} of {Count(review.ClustersInAll, "cluster")}";

    private static string Named(IEnumerable<PlannedStep> steps) =>
        steps.ToArray() is [var first, .. var others]
            ? $"{first.Sentence}{(others.Length > 0 ? $"; and {Count(others.Length, "more step")}" : "")}"
            : throw new ArgumentException("A verdict about steps needs one", nameof(steps));

    private static int Steps(Review review) => review.Clusters.Sum(cluster => cluster.Plan?.MajorSteps.Count() ?? 0);

    private static bool Waits(ClusterReview cluster) => cluster.Error is not null || cluster.Plan is { Verdict: PlanVerdict.Waits };

    private static bool IsError(Specs.Finding finding) => finding.Severity == Specs.FindingSeverity.Error;
}
