using System.Collections;
using System.Collections.Immutable;
using System.Text;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;
using static GitOpsOperator.Reconcile.Plans.MarkdownText;

namespace GitOpsOperator.Operator.Outputs.StatusBranch;

/// <summary>Turns reports into the files of the status branch. The same reports give the same bytes.</summary>
public static class StatusFiles
{
    internal static readonly ISerializer Yaml = new SerializerBuilder()
        .WithNamingConvention(CamelCaseNamingConvention.Instance)
        .WithQuotingNecessaryStrings()
        .WithIndentedSequences()
        .DisableAliases()
        .Build();

    /// <summary>The one file of a cluster.</summary>
    public static ImmutableSortedDictionary<string, string> Render(ClusterReport report) =>
        ImmutableSortedDictionary<string, string>
            .Empty.WithComparers(StringComparer.Ordinal)
            .Add(
                PathOf(report.Cluster),
                Yaml.Serialize(ForMachines(report).Where(entry => entry.Value is not (null or ICollection { Count: 0 })).ToDictionary())
            );

    /// <summary>A cluster's line of the summary.</summary>
    public static string Row(ClusterReport report) =>
        $"| [{report.Cluster}]({FileOf(report.Cluster)}.yaml) | {report.Phase} | {Escape(report.Summary)} | {Escape(report.Desired)} "
        + $"| {Escape(report.Blocker?.Reason ?? report.CurrentStep ?? "")} |\n";

    public static string PathOf(ClusterKey cluster) => $"status/{FileOf(cluster)}.yaml";

    /// <summary>
    /// An etcd cluster and a Prometheus may have the same name. The files of etcd clusters are named as they were before there was a second
    /// domain: people and scripts point at them.
    /// </summary>
    internal static string FileOf(ClusterKey cluster) =>
        cluster.Domain == "etcd" ? $"{cluster.Namespace}/{cluster.Name}" : $"{cluster.Namespace}/{cluster.Domain}-{cluster.Name}";

    /// <summary>Subject of the commit: the cluster and its summary where one changed, else a count.</summary>
    public static string Subject(IReadOnlyCollection<ClusterReport> changed) =>
        changed.Count switch
        {
            0 => "status: repository",
            1 => $"status({changed.First().Cluster}): {changed.First().Summary}{DriftFiles.Suffix(changed.First())}",
            _ => $"status: {changed.Count} clusters, {changed.Count(report => report.Phase == ClusterPhase.Converged)} converged",
        };

    /// <summary>
    /// <c>headline</c> and <c>refusal</c> with <c>wayOut</c> are the names until 0.1 of <c>summary</c> and <c>blocked</c>; both are written
    /// for one minor version.
    /// </summary>
    private static Dictionary<string, object?> ForMachines(ClusterReport report) =>
        new()
        {
            ["cluster"] = report.Cluster.ToString(),
            ["uid"] = report.Uid,
            ["phase"] = report.Phase.ToString(),
            ["summary"] = report.Summary,
            ["headline"] = report.Summary,
            ["revision"] = report.Revision,
            ["path"] = report.Path,
            ["desired"] = report.Desired,
            ["conditions"] = report
                .Conditions.Select(condition => new Dictionary<string, object>
                {
                    ["type"] = condition.Type,
                    ["status"] = condition.Status ? "True" : "False",
                    ["reason"] = condition.Reason,
                    ["message"] = condition.Message,
                })
                .ToList(),
            ["members"] = report
                .Members.Select(member => new Dictionary<string, object>
                {
                    ["name"] = member.Name,
                    ["role"] = member.Role,
                    ["version"] = member.Version,
                    ["healthy"] = member.Healthy,
                    ["detail"] = member.Detail,
                })
                .ToList(),
            ["currentStep"] = report.CurrentStep,
            ["remaining"] = report.Remaining.ToList(),
            ["blocked"] = Blocked(report.Blocker, "remediation"),
            ["refusal"] = Blocked(report.Blocker, "wayOut"),
            ["findings"] = report.Findings.ToList(),
        };

    /// <param name="remediation">What the key of the remediation is called.</param>
    private static Dictionary<string, string>? Blocked(Blocker? blocker, string remediation) =>
        blocker is null
            ? null
            : new()
            {
                ["rule"] = blocker.Rule,
                ["reason"] = blocker.Reason,
                [remediation] = blocker.Remediation,
            };

    /// <summary>The file for people: every cluster's row, and what is to be said of the repository.</summary>
    public static string Summary(IReadOnlyCollection<string> rows, RepositoryReport repository)
    {
        var text = new StringBuilder(
            "# Status\n\nWritten by GitOps Operator; nothing is read back from here but which cluster was there.\n\n"
        );
        if (repository.Error is { } error)
        {
            text.Append("**The repository cannot be followed:** ").Append(Escape(error)).Append("\n\n");
        }

        if (rows.Count == 0)
        {
            text.Append("No clusters.\n");
        }
        else
        {
            text.Append("| cluster | phase | current | desired | next |\n|---|---|---|---|---|\n").AppendJoin("", rows);
        }

        var findings = repository.Findings;
        if (findings.Length > 0)
        {
            text.Append("\n## Findings\n\n");
            foreach (var finding in findings)
            {
                text.Append("- ").Append(Escape(finding.ToString())).Append('\n');
            }
        }

        return text.ToString();
    }
}
