using System.Text;
using GitOpsOperator.Reconcile.Plans;
using static GitOpsOperator.Reconcile.Plans.MarkdownText;

namespace GitOpsOperator.Reconcile.Reviews;

/// <summary>What has become of a merged pull request, in the comment that held its plan.</summary>
public static class ProgressMarkdown
{
    private const int Reserve = 300;

    private const string DoneWord = "**Done:";
    private const string MergedAs = " (merged as ";
    private const string Fold = "\n<details><summary>The plan as it was reviewed</summary>\n\n";
    private const string FoldEnd = "\n</details>";

    /// <summary>Whether a text of ours tells the end.</summary>
    public static bool IsDone(string text) => text.StartsWith(DoneWord, StringComparison.Ordinal);

    /// <param name="reviewed">The plan that was reviewed, folded below where there is room for it; null where it is not known.</param>
    public static string Write(MergeProgress progress, string? reviewed, int longest)
    {
        var text = new StringBuilder(
            $"{(progress.Done ? DoneWord : "**")}{Verdict(progress)}**{MergedAs}{PlanText.ShortCommit(progress.MergeCommit)})\n"
        );
        if (progress.Clusters.Length > 0)
        {
            text.Append("\n| cluster | | now | what is done or waited for |\n|---|---|---|---|\n");
        }

        var ordered = progress
            .Clusters.OrderByDescending(cluster => cluster.Stage == ProgressStage.Stopped)
            .ThenBy(cluster => cluster.Cluster)
            .ToArray();
        var shown = text.AppendWhileFits(longest - Reserve, ordered.Select(Row));
        if (shown < ordered.Length)
        {
            text.Append(
                $"\n{ordered.Length - shown} of {ordered.Length} clusters are left out: a comment has room for {longest} characters.\n"
            );
        }

        text.AppendWhileFits(longest, ordered[..shown].Where(cluster => cluster.Blocker is not null).Select(Blocked));
        if (reviewed is not null && text.Length + Fold.Length + reviewed.Length + FoldEnd.Length < longest)
        {
            text.Append(Fold).Append(reviewed).Append(FoldEnd).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The reviewed plan in a text of ours, be that the plan itself or what followed it; null where it holds none.</summary>
    public static string? ReviewedIn(string text)
    {
        var start = text.IndexOf(Fold, StringComparison.Ordinal);
        var end = text.LastIndexOf(FoldEnd, StringComparison.Ordinal);
        return start >= 0 && end >= start + Fold.Length ? text[(start + Fold.Length)..end]
            : text.Split('\n')[0].Contains(MergedAs, StringComparison.Ordinal) ? null
            : text;
    }

    private static string Row(ClusterProgress cluster) =>
        $"| {Escape(cluster.Cluster.ToString())} | {Stage(cluster.Stage)} | {Escape(cluster.Summary, 200)} | {Doing(cluster)} |\n";

    private static string Blocked(ClusterProgress cluster)
    {
        var blocker = cluster.Blocker!;
        return $"\n**{Escape(cluster.Cluster.ToString())}** "
            + $"{(cluster.WorseThanReviewed ? "is worse off than when it was reviewed, and waits" : "waits")} "
            + $"[{blocker.Rule}]: {Escape(blocker.Reason, 600)}. Remediation: {Escape(blocker.Remediation, 600)}.\n";
    }

    private static string Verdict(MergeProgress progress)
    {
        var done = progress.Clusters.Count(cluster => cluster.IsOver);
        var stopped = progress.Clusters.Count(cluster => cluster.Stage == ProgressStage.Stopped);
        return progress.Done ? $" {ReviewWords.Count(progress.Clusters.Length, "cluster")} as merged"
            : stopped > 0 ? $"Waits: {stopped} of {ReviewWords.Count(progress.Clusters.Length, "cluster")} cannot go on, {done} done"
            : $"In progress: {done} of {ReviewWords.Count(progress.Clusters.Length, "cluster")} done";
    }

    private static string Stage(ProgressStage stage) =>
        stage switch
        {
            ProgressStage.NotYetSeen => "not yet observed",
            ProgressStage.Underway => "under way",
            ProgressStage.Stopped => "**waits**",
            ProgressStage.Done => "done",
            ProgressStage.Unmanaged => "no longer managed; it keeps running",
            _ => "changed again by a later commit",
        };

    private static string Doing(ClusterProgress cluster)
    {
        var left = cluster.Remaining.IsDefaultOrEmpty ? "" : $"; {ReviewWords.Count(cluster.Remaining.Length, "step")} left";
        return cluster.Step is { } step ? Escape(step, 300) + left : "";
    }
}
