using System.Collections.Immutable;
using System.Text;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Steps;
using static GitOpsOperator.Reconcile.Plans.MarkdownText;

namespace GitOpsOperator.Reconcile.Reviews;

/// <summary>One cluster of a review: its row in the table, and the folded block below.</summary>
public static class ClusterReviewMarkdown
{
    private const int MaxFields = 40;
    private const int MaxValueLength = 120;
    private const int MaxWarningLength = 300;

    public static string Row(ClusterReview review) =>
        $"| {Escape(review.Cluster.ToString())} | {Change(review)} | {Risk(review)} | "
        + $"{(review.Plan is { } plan ? $"{plan.MajorSteps.Count()}" : "–")} | {ClientImpact(review)} |\n";

    public static string Details(ClusterReview review)
    {
        var text = new StringBuilder($"\n<details><summary>{Html($"{review.Cluster}: {Summary(review)}")}</summary>\n");
        WriteFields(text, review);
        if (review.Plan is { } plan)
        {
            WriteWarnings(text, plan);
            WriteFiles(text, plan);
            WriteSteps(text, plan);
            WriteBlockers(text, plan);
            WriteIrreversible(text, plan);
            WriteDrift(text, review.Drift);
        }

        return text.Append($"\n**Next**\n\n{Next(review)}\n\n</details>\n").ToString();
    }

    private static string Change(ClusterReview review) =>
        review switch
        {
            { Change: DocumentChange.Added } => "new cluster",
            { Change: DocumentChange.Removed } => "no longer in git",
            { Fields: [var field] } =>
                $"{Escape(field.Path, 60)} {Escape(field.Was ?? "(none)", 40)} → {Escape(field.Becomes ?? "(none)", 40)}",
            _ => $"{review.Fields.Length} fields",
        };

    private static string Risk(ClusterReview review) =>
        review switch
        {
            { Plan.Verdict: PlanVerdict.Refused } => "**refused**",
            { Change: DocumentChange.Removed } => "no longer managed",
            { Error: not null } => "unknown",
            { Plan: null } => "not planned",
            { DestroysData: true } => "**deletes data**",
            { Plan.Verdict: PlanVerdict.Waits } => "waits",
            _ when review.CannotBeUndone => "**cannot be undone**",
            _ when review.Plan.Steps.Any(step => step.Risk == RiskClass.Outage) => "**outage**",
            _ when review.Plan.Steps.Any(step => step.Risk == RiskClass.Availability) => "availability",
            _ => "none",
        };

    private static string ClientImpact(ClusterReview review)
    {
        if (review.Plan is not { } plan)
        {
            return review.Change == DocumentChange.Removed ? "none" : "unknown";
        }

        var impacts = plan
            .MajorSteps.Select(step => step.ClientImpact)
            .Where(impact => impact.Length > 0 && !impact.StartsWith("none", StringComparison.Ordinal))
            .Distinct()
            .ToArray();
        return impacts.Length == 0 ? "none" : Escape(string.Join("; ", impacts));
    }

    private static string Summary(ClusterReview review) =>
        review switch
        {
            { Change: DocumentChange.Removed } => "no longer in git",
            { Error: not null } => "live state could not be seen",
            { Plan: { } plan } => PlanText.LastLine(plan),
            _ => "not planned",
        };

    private static void WriteFields(StringBuilder text, ClusterReview review)
    {
        if (review.Fields.Length == 0)
        {
            return;
        }

        text.Append("\n**What changes**\n\n| field | now | after the merge |\n|---|---|---|\n");
        foreach (var field in review.Fields.Take(MaxFields))
        {
            text.Append(
                $"| {Escape(field.Path, MaxValueLength)} | {Escape(field.Was ?? "", MaxValueLength)} | "
                    + $"{Escape(field.Becomes ?? "", MaxValueLength)} |\n"
            );
        }

        if (review.Fields.Length > MaxFields)
        {
            text.Append($"| and {review.Fields.Length - MaxFields} more | | |\n");
        }
    }

    private static void WriteWarnings(StringBuilder text, PlanForecast plan)
    {
        if (plan.Warnings.IsEmpty)
        {
            return;
        }

        text.Append("\n**To look at first**\n\n");
        foreach (var warning in plan.Warnings.Take(MaxFields))
        {
            text.Append($"- {Escape(warning, MaxWarningLength)}\n");
        }

        if (plan.Warnings.Length > MaxFields)
        {
            text.Append($"- and {plan.Warnings.Length - MaxFields} more\n");
        }
    }

    /// <summary>What comes and goes by name, then line by line.</summary>
    private static void WriteFiles(StringBuilder text, PlanForecast plan)
    {
        if (plan.Diffs.IsEmpty)
        {
            return;
        }

        text.Append("\n**What comes of it**\n\n");
        foreach (var change in plan.Change.Take(MaxFields))
        {
            text.Append($"- {Escape(change, MaxValueLength)}\n");
        }

        if (plan.Change.Length > MaxFields)
        {
            text.Append($"- and {plan.Change.Length - MaxFields} more\n");
        }

        DiffText.WriteMarkdown(text, plan.Diffs);
    }

    private static void WriteSteps(StringBuilder text, PlanForecast plan)
    {
        if (plan.Steps.Length == 0)
        {
            return;
        }

        text.Append("\n**How**\n");
        ImmutableArray<PlannedStep> steps = [.. plan.MajorSteps];
        StepTable.Write(text, steps);
        var minor = plan.Steps.Length - steps.Length;
        if (minor > 0)
        {
            text.Append($"\n{(steps.Length > 0 ? "and " : "")}{ReviewWords.Count(minor, "step")} of bookkeeping.\n");
        }
    }

    private static void WriteBlockers(StringBuilder text, PlanForecast plan)
    {
        if (plan.Stop is null && plan.Assumptions.IsEmpty)
        {
            return;
        }

        text.Append("\n**What could refuse or wait**\n\n");
        if (plan.Stop is { } stop)
        {
            text.Append(
                $"- **{(plan.Verdict == PlanVerdict.Refused ? "Refused" : "Waits")}** [{stop.Rule}]: {Escape(stop.Reason)}. Remediation: "
                    + $"{Escape(stop.Remediation)}.\n"
            );
        }

        if (plan.Steps.Length > 0)
        {
            foreach (var assumption in plan.Assumptions)
            {
                text.Append($"- It is assumed that {Escape(assumption)}.\n");
            }
        }
    }

    private static void WriteIrreversible(StringBuilder text, PlanForecast plan)
    {
        var forGood = plan.Steps.Where(step => !step.Reversible).ToArray();
        if (plan.Steps.Length > 0)
        {
            text.Append("\n**What cannot be undone**\n\n").Append(forGood.Length == 0 ? "Nothing.\n" : "");
            foreach (var step in forGood)
            {
                text.Append($"- {Escape(step.Sentence)}\n");
            }
        }
    }

    private static void WriteDrift(StringBuilder text, ImmutableArray<DriftFact> drift)
    {
        if (drift.IsEmpty)
        {
            return;
        }

        text.Append("\n**Drift found**\n\n| what | git | live | changed by | what is done |\n|---|---|---|---|---|\n");
        foreach (var fact in drift.Take(MaxFields))
        {
            text.Append(
                    $"| {Escape($"{fact.Target} {fact.Path}".TrimEnd(), MaxValueLength)} | {Escape(fact.Git ?? "absent", MaxValueLength)} "
                )
                .Append(
                    $"| {Escape(fact.Live ?? "absent", MaxValueLength)} | {Escape(fact.ChangedBy, MaxValueLength)} | "
                        + $"{Escape(fact.Action, MaxValueLength)} |\n"
                );
        }

        if (drift.Length > MaxFields)
        {
            text.Append($"| and {drift.Length - MaxFields} more | | | | |\n");
        }
    }

    private static string Next(ClusterReview review) =>
        review switch
        {
            { Change: DocumentChange.Removed } =>
                "After the merge the cluster keeps running, with its data, and nothing looks after it any more. To keep it looked "
                    + "after, put the document back.",
            { Error: { } error } => $"Live state could not be seen: {Escape(error, 500)}. It is planned again by itself.",
            { Plan: null } => "Somebody who may see live state pushes the branch to this repository; then it is planned.",
            { Plan: { Verdict: PlanVerdict.Refused, Stop: { } stop } } => $"Do not merge as it is. {Escape(stop.Remediation)}.",
            { Plan: { Verdict: PlanVerdict.Waits, Stop: { } stop } } =>
                $"Merged now, it goes as far as shown and then waits. {Escape(stop.Remediation)}.",
            { CannotBeUndone: true } =>
                "Look at what cannot be undone. Merging is the consent; it is planned again on what is then true, and carried out one "
                    + "step at a time.",
            { Plan.Verdict: PlanVerdict.NothingToDo } => "Merge; there is nothing to carry out.",
            _ => "Merge to apply. It is planned again on what is then true, and carried out one step at a time.",
        };
}
