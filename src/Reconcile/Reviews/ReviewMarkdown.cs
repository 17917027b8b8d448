using System.Text;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Specs;
using static GitOpsOperator.Reconcile.Plans.MarkdownText;

namespace GitOpsOperator.Reconcile.Reviews;

/// <summary>A review as the comment on a pull request. The same review gives the same text.</summary>
public static class ReviewMarkdown
{
    private const int MaxFindings = 50;

    /// <summary>Room for the words about what was cut.</summary>
    private const int Reserve = 600;

    /// <param name="longest">
    /// Characters that the text may have; what does not fit is left out, the less grave first, and said to be.
    /// </param>
    public static string Write(Review review, int longest)
    {
        var text = new StringBuilder();
        text.Append($"**{Escape(ReviewWords.Verdict(review))}** (at {PlanText.ShortCommit(review.Head)})\n");
        if (review.WithoutLiveState is { } why && review.Blocker is null)
        {
            text.Append($"\nLive state is not shown: {Escape(why)}.\n");
        }

        if (review.Blocker is { } blocker)
        {
            WriteBlocker(text, blocker);
        }

        WriteFindings(text, review);
        var byGravity = review.Clusters.OrderByDescending(Gravity).ThenBy(cluster => cluster.Cluster).ToArray();
        if (byGravity.Length > 0)
        {
            text.Append("\n| cluster | change | risk | steps | client impact |\n|---|---|---|--:|---|\n");
        }

        var rows = text.AppendWhileFits(longest - Reserve, byGravity.Select(ClusterReviewMarkdown.Row));
        var details = text.AppendWhileFits(longest - Reserve, byGravity[..rows].Select(ClusterReviewMarkdown.Details));
        if (rows < byGravity.Length)
        {
            text.Append(
                $"\n{byGravity.Length - rows} of {byGravity.Length} changed clusters are in no row, and {byGravity.Length - details} "
                    + $"have no details: a comment has room for {longest} characters. "
            );
        }
        else if (details < byGravity.Length)
        {
            text.Append(
                $"\nThe details of {byGravity.Length - details} of {byGravity.Length} clusters are left out: a comment has room for "
                    + $"{longest} characters. "
            );
        }

        if (details < byGravity.Length)
        {
            text.Append("The gravest are shown; `gitops-operator plan --revision` prints all.\n");
        }

        return text.ToString();
    }

    private static void WriteBlocker(StringBuilder text, ReviewBlocker blocker)
    {
        text.Append($"\n{Escape(blocker.By.Reason)} [{blocker.By.Rule}].\n");
        foreach (var place in blocker.Places.Take(MaxFindings))
        {
            text.Append($"- {Escape(place, 300)}\n");
        }

        if (blocker.Places.Length > MaxFindings)
        {
            text.Append($"- and {blocker.Places.Length - MaxFindings} more\n");
        }

        text.Append($"\nRemediation: {Escape(blocker.By.Remediation)}.\n");
    }

    private static void WriteFindings(StringBuilder text, Review review)
    {
        if (review.Findings.Length > 0)
        {
            text.Append("\n**Findings**\n\n");
            foreach (var finding in review.Findings.OrderByDescending(finding => finding.Severity).Take(MaxFindings))
            {
                var severity = finding.Severity == FindingSeverity.Error ? "**error**" : "warning";
                var field = finding.Field.Length > 0 ? $"{Escape(finding.Field, 200)}: " : "";
                text.Append(
                    $"- {severity} {Escape($"{finding.Location.Path}", 300)}:{finding.Location.Line}:{finding.Location.Column} "
                        + $"{field}{Escape(finding.Message, 500)} [{finding.Rule}]\n"
                );
            }

            if (review.Findings.Length > MaxFindings)
            {
                text.Append($"- and {review.Findings.Length - MaxFindings} more; `gitops-operator validate` prints all\n");
            }
        }

        if (review.FindingsBefore > 0)
        {
            text.Append(
                $"\n{ReviewWords.Count(review.FindingsBefore, "finding")} that the target branch has already: see its status branch.\n"
            );
        }
    }

    private static int Gravity(ClusterReview cluster) =>
        cluster switch
        {
            { Plan.Verdict: PlanVerdict.Refused } => 5,
            { Error: not null } or { Plan.Verdict: PlanVerdict.Waits } => 4,
            { DestroysData: true } => 3,
            { Change: DocumentChange.Removed } => 2,
            { Plan.Verdict: PlanVerdict.Changes } => 1,
            _ => 0,
        };
}
