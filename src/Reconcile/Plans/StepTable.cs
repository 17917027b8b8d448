using System.Collections.Immutable;
using System.Text;
using static GitOpsOperator.Reconcile.Plans.MarkdownText;

namespace GitOpsOperator.Reconcile.Plans;

/// <summary>Steps as a table: what each does, its figures before and after, what clients notice, the way back.</summary>
public static class StepTable
{
    public static void Write(StringBuilder text, ImmutableArray<PlannedStep> steps)
    {
        if (steps.IsEmpty)
        {
            return;
        }

        var figures = steps[0].Figures.Select(figure => figure.Name).ToArray();
        text.Append($"\n| # | | step | {string.Join(" | ", figures)} | clients | undo |\n");
        text.Append($"|--:|---|---|{string.Concat(figures.Select(_ => "---|"))}---|---|\n");
        var number = 0;
        foreach (var step in steps)
        {
            var cells = step.Figures.Select(figure =>
                figure.Before == figure.After ? $"{figure.Before}" : $"{figure.Before} → {figure.After}"
            );
            text.Append(
                    $"| {++number} | `{step.Symbol}` | {Escape(step.Sentence)} | {string.Join(" | ", cells)} | {Escape(step.ClientImpact)} "
                )
                .Append($"| {(step.WayBack is { } back ? Escape(back) : "**no**")} |\n");
        }
    }
}
