using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Outputs.StatusBranch;

/// <summary>
/// Drift reports: for people and machines, on the status branch and from the <c>diff</c> command. The same reports give the same bytes,
/// and a cluster without anything to report has no file.
/// </summary>
internal static class DriftFiles
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The files of a cluster; none where there is nothing to report.</summary>
    public static ImmutableSortedDictionary<string, string> Render(ClusterReport report)
    {
        var none = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);
        return report.Drifts.IsEmpty
            ? none
            : none.Add(PathOf(report.Cluster, "yaml"), StatusFiles.Yaml.Serialize(ForMachines(report.Cluster, report.Drifts)))
                .Add(PathOf(report.Cluster, "md"), Markdown(report.Cluster, report.Drifts));
    }

    /// <summary>A cluster's line of the summary; null where there is nothing to report.</summary>
    public static string? Row(ClusterReport report) =>
        report.Drifts.IsEmpty
            ? null
            : $"| [{MarkdownText.Escape(report.Cluster.ToString())}]({StatusFiles.FileOf(report.Cluster)}.md) "
                + $"| {report.Drifts.Count(IsOpen)} | {report.Drifts.Count(entry => entry.CuredAt is not null)} "
                + $"| {report.Drifts.Count(entry => !entry.Fact.Differs)} |\n";

    public static string PathOf(ClusterKey cluster, string extension) => $"drift/{StatusFiles.FileOf(cluster)}.{extension}";

    /// <summary>What a commit's subject adds for a cluster that has drifted; a change of the desired state, the headline tells.</summary>
    public static string Suffix(ClusterReport report) =>
        report.Drifts.Count(entry => IsOpen(entry) && entry.Fact.Class != DriftClass.Intent) switch
        {
            0 => report.Drifts.Any(entry => entry.CuredAt is not null) ? ", drift cured" : "",
            var count => $", {count} {(count == 1 ? "difference" : "differences")} from git",
        };

    /// <summary>Live differs from git in it now.</summary>
    public static bool IsOpen(DriftEntry entry) => entry.CuredAt is null && entry.Fact.Differs;

    public static string Markdown(ClusterKey cluster, ImmutableArray<DriftEntry> drifts)
    {
        var text = new StringBuilder($"# Drift of {MarkdownText.Escape(cluster.ToString())}\n\n");
        if (drifts.IsEmpty)
        {
            return text.Append("Live state matches the desired state.\n").ToString();
        }

        text.Append("| what | class | git | live | changed by | what is done |\n|---|---|---|---|---|---|\n");
        foreach (var entry in Ordered(drifts))
        {
            var fact = entry.Fact;
            text.Append(
                $"| {MarkdownText.Escape(Where(fact))} | {Class(fact)} | {Value(fact.Git)} | {Value(fact.Live)} "
                    + $"| {MarkdownText.Escape(entry.ChangedBy)} | {MarkdownText.Escape(Done(entry))} |\n"
            );
        }

        return text.ToString();
    }

    public static string Text(ClusterKey cluster, ImmutableArray<DriftEntry> drifts)
    {
        var text = new StringBuilder($"{cluster}: ");
        var open = drifts.Count(IsOpen);
        text.Append(open == 0 ? "as desired\n" : $"{open} {(open == 1 ? "difference" : "differences")} from git\n");
        foreach (var entry in Ordered(drifts))
        {
            var fact = entry.Fact;
            text.Append($"► {Printable(Where(fact))} ({Class(fact)})\n  - git:  {Printable(fact.Git)}\n  + live: {Printable(fact.Live)}\n")
                .Append($"  changed by {Printable(entry.ChangedBy)}\n  {Printable(Done(entry))}\n");
        }

        return text.ToString();
    }

    public static string Json(IEnumerable<(ClusterKey Cluster, ImmutableArray<DriftEntry> Drifts)> clusters) =>
        JsonSerializer.Serialize(clusters.Select(cluster => ForMachines(cluster.Cluster, cluster.Drifts)), Indented);

    private static Dictionary<string, object?> ForMachines(ClusterKey cluster, ImmutableArray<DriftEntry> drifts) =>
        new()
        {
            ["cluster"] = cluster.ToString(),
            ["drifts"] = Ordered(drifts)
                .Select(entry =>
                    new Dictionary<string, object?>
                    {
                        ["object"] = entry.Fact.Target,
                        ["path"] = entry.Fact.Path,
                        ["class"] = Class(entry.Fact),
                        ["git"] = entry.Fact.Git,
                        ["live"] = entry.Fact.Live,
                        ["changedBy"] = entry.ChangedBy,
                        ["manager"] = entry.Fact.Actor?.Manager,
                        ["operation"] = entry.Fact.Actor?.Operation,
                        ["time"] = entry.Fact.Actor?.Time is { } time ? DriftTime.Shown(time) : null,
                        ["firstSeen"] = DriftTime.Shown(entry.FirstSeen),
                        ["curedAt"] = entry.CuredAt is { } cured ? DriftTime.Shown(cured) : null,
                        ["action"] = entry.Action,
                        ["when"] = entry.When,
                    }
                        .Where(pair => pair.Value is not null)
                        .ToDictionary()
                )
                .ToList(),
        };

    /// <param name="rows">Of the clusters that have something to report.</param>
    public static string Summary(IReadOnlyCollection<string> rows)
    {
        var text = new StringBuilder(
            "# Drift\n\nWritten by GitOps Operator; nothing is read back from here but since when a difference is there.\n\n"
        );
        return rows.Count == 0
            ? text.Append("Every cluster matches the desired state.\n").ToString()
            : text.Append("| cluster | open | cured | left alone |\n|---|---|---|---|\n").AppendJoin("", rows).ToString();
    }

    private static IEnumerable<DriftEntry> Ordered(ImmutableArray<DriftEntry> drifts) =>
        drifts
            .OrderBy(entry => entry.Fact.Target, StringComparer.Ordinal)
            .ThenBy(entry => entry.Fact.Path, StringComparer.Ordinal)
            .ThenBy(entry => entry.ChangedBy, StringComparer.Ordinal);

    private static string Where(DriftFact fact) => fact.Path.Length == 0 ? fact.Target : $"{fact.Target} {fact.Path}";

    private static string Class(DriftFact fact) => fact.Class.ToString().ToLowerInvariant();

    private static string Value(string? value) => value is null ? "absent" : MarkdownText.Escape(value);

    private static string Done(DriftEntry entry) =>
        entry.CuredAt is { } cured ? $"cured {DriftTime.Shown(cured)}"
        : entry.When is { } when ? $"{entry.Action}, {when}"
        : entry.Action;

    private static string Printable(string? value) => value is null ? "absent" : MarkdownText.Printable(value);
}
