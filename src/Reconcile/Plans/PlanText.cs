using System.Text;

namespace GitOpsOperator.Reconcile.Plans;

/// <summary>A plan for a terminal.</summary>
public static class PlanText
{
    public static string Write(PlanForecast plan)
    {
        var text = new StringBuilder();
        text.Append($"{plan.Cluster}  ({plan.Source} at {ShortCommit(plan.Commit)})\n");
        foreach (var change in plan.Change)
        {
            text.Append($"  {change}\n");
        }

        foreach (var warning in plan.Warnings)
        {
            text.Append($"  ! {MarkdownText.Printable(warning)}\n");
        }

        WriteSteps(text, plan);
        DiffText.WriteText(text, plan.Diffs);
        if (plan.Steps.Length > 0 && plan.Assumptions.Length > 0)
        {
            text.Append("\nAssumptions\n");
            foreach (var assumption in plan.Assumptions)
            {
                text.Append($"  * {assumption}\n");
            }
        }

        if (plan.Stop is { } stop)
        {
            text.Append(
                $"\n{(plan.Verdict == PlanVerdict.Refused ? "Refused" : "Waits")} [{stop.Rule}]: {stop.Reason}.\n  Remediation: "
                    + $"{stop.Remediation}.\n"
            );
        }

        return text.Append($"\n{LastLine(plan)}\n").ToString();
    }

    /// <summary>The one line that says it all.</summary>
    public static string LastLine(PlanForecast plan) =>
        plan switch
        {
            { Steps.Length: 0, Verdict: PlanVerdict.NothingToDo } => "No changes. The cluster matches the desired state.",
            { Steps.Length: 0, Verdict: PlanVerdict.Refused } => "Plan: refused, nothing is changed.",
            { Steps.Length: 0 } => "Plan: waits, nothing is changed.",
            { Summary: { Add: 0, Remove: 0, Replace: 0, Restart: 0 } } =>
                $"Plan: {Count(plan.Steps.Length, "step")}, no {plan.Noun} to add, to remove or to replace{Then(plan)}.",
            _ => $"Plan: {plan.Summary.InWords(plan.Noun)}{Then(plan)}.",
        };

    private static string Then(PlanForecast plan) =>
        plan.Verdict switch
        {
            PlanVerdict.Refused => "; then refused",
            PlanVerdict.Waits => "; then waits",
            _ => "",
        };

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private static void WriteSteps(StringBuilder text, PlanForecast plan)
    {
        var shown = plan.MajorSteps.ToArray();
        if (shown.Length > 0)
        {
            text.Append('\n');
        }

        var number = 0;
        foreach (var step in shown)
        {
            text.Append($"  {step.Symbol} {++number, 2}. {step.Sentence}\n");
            // All four move together: where one changes, a reader wants to see that the others do not.
            var changes = step.Figures.Any(f => f.Before != f.After);
            var figures = step.Figures.Select(f => changes ? $"{f.Name} {f.Before} -> {f.After}" : $"{f.Name} {f.Before}");
            text.Append($"        {string.Join(", ", figures)}\n");
            if (step.ClientImpact.Length > 0)
            {
                text.Append($"        clients: {step.ClientImpact}\n");
            }

            if (!step.Reversible)
            {
                text.Append("        cannot be undone\n");
            }
        }

        var minor = plan.Steps.Length - shown.Length;
        if (minor > 0)
        {
            text.Append($"  {(shown.Length > 0 ? "  and" : "~")} {Count(minor, "step")} of bookkeeping\n");
        }
    }

    /// <summary>Eight digits of a commit's id; other words for a source are left whole.</summary>
    public static string ShortCommit(string commit) =>
        commit.Length > 8 && !commit.Contains(' ', StringComparison.Ordinal) ? commit[..8] : commit;
}
