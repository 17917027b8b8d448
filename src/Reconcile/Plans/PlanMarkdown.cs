using System.Text;
using static GitOpsOperator.Reconcile.Plans.MarkdownText;

namespace GitOpsOperator.Reconcile.Plans;

/// <summary>
/// A plan for a comment on a forge. Whatever comes from a document is escaped: it was written by whoever opened the request.
/// </summary>
public static class PlanMarkdown
{
    public static string Write(PlanForecast plan)
    {
        var text = new StringBuilder();
        text.Append($"### {Escape(plan.Cluster.ToString())}\n\n{Escape(plan.Source)} at {Escape(PlanText.ShortCommit(plan.Commit))}\n\n");
        foreach (var change in plan.Change)
        {
            text.Append($"- {Escape(change)}\n");
        }

        if (plan.Warnings.Length > 0)
        {
            text.Append("\nTo look at first:\n");
            foreach (var warning in plan.Warnings)
            {
                text.Append($"- {Escape(warning)}\n");
            }
        }

        StepTable.Write(text, [.. plan.MajorSteps]);
        DiffText.WriteMarkdown(text, plan.Diffs);
        if (plan.Steps.Length > 0)
        {
            text.Append("\nAssumptions:\n");
            foreach (var assumption in plan.Assumptions)
            {
                text.Append($"- {Escape(assumption)}\n");
            }
        }

        if (plan.Stop is { } stop)
        {
            text.Append(
                $"\n**{(plan.Verdict == PlanVerdict.Refused ? "Refused" : "Waits")}** `{stop.Rule}`: {Escape(stop.Reason)}.\nRemediation: "
                    + $"{Escape(stop.Remediation)}.\n"
            );
        }

        return text.Append($"\n**{Escape(PlanText.LastLine(plan))}**\n").ToString();
    }
}
