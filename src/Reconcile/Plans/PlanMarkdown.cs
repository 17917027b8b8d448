using System.Text;
using static GitOpsOperator.Reconcile.Plans.MarkdownText;

namespace GitOpsOperator.Reconcile.Plans;

/// <summary>A plan for a comment on a forge. Whatever comes from a document is escaped: it was written by whoever opened the request.</summary>
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

        if (plan.MajorSteps.Any())
        {
            var figures = plan.MajorSteps.First().Figures.Select(f => f.Name).ToArray();
            text.Append($"\n| # | | step | {string.Join(" | ", figures)} | clients | undo |\n");
            text.Append($"|--:|---|---|{string.Concat(figures.Select(_ => "---|"))}---|---|\n");
            var number = 0;
            foreach (var step in plan.MajorSteps)
            {
                var cells = step.Figures.Select(f => f.Before == f.After ? $"{f.Before}" : $"{f.Before} → {f.After}");
                text.Append($"| {++number} | `{step.Symbol}` | {Escape(step.Sentence)} | {string.Join(" | ", cells)} | {Escape(step.ClientImpact)} | {(step.WayBack is { } back ? Escape(back) : "**no**")} |\n");
            }
        }

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
            text.Append($"\n**{(plan.Verdict == PlanVerdict.Refused ? "Refused" : "Waits")}** `{stop.Rule}`: {Escape(stop.Reason)}.\nWay out: {Escape(stop.WayOut)}.\n");
        }

        return text.Append($"\n**{Escape(PlanText.LastLine(plan))}**\n").ToString();
    }
}
