using System.Collections.Immutable;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Outputs.StatusBranch;

/// <summary>
/// The files of one repository's status branch, kept by cluster: of a thousand clusters only those are rendered that there is news of. For
/// one caller at a time.
/// </summary>
/// <param name="repository">URL of the repository.</param>
/// <param name="furtherDrifts">What differs from git of a cluster beyond what its domain looks at.</param>
internal sealed class StatusTree(string repository, KnownClusters known, Func<ClusterKey, ImmutableArray<DriftEntry>> furtherDrifts)
{
    private readonly SortedDictionary<ClusterKey, RenderedCluster> _rendered = [];
    private ImmutableArray<Finding> _findings = [];

    /// <summary>Every cluster as it was last rendered, in order.</summary>
    public IReadOnlyCollection<RenderedCluster> Clusters => _rendered.Values;

    /// <summary>
    /// Renders what has changed: the clusters that there is news of, and those of which something else was found in the documents.
    /// </summary>
    public void Update(IEnumerable<ClusterKey> news, ImmutableArray<Finding> findings, FirstSeen seen)
    {
        foreach (var cluster in news.Union(ReportedOtherwise(findings)))
        {
            if (known.Find(repository, cluster) is not { } report)
            {
                _rendered.Remove(cluster);
                continue;
            }

            _rendered[cluster] = RenderedCluster.Of(
                seen.Apply(
                    report with
                    {
                        Drifts = [.. report.Drifts, .. furtherDrifts(cluster)],
                        Findings = [.. Of(cluster, findings), .. report.Findings],
                    }
                )
            );
        }

        _findings = findings;
    }

    /// <summary>All of the branch, made of what was rendered.</summary>
    public ImmutableSortedDictionary<string, string> Files(RepositoryReport report) => Files(_rendered.Values, report);

    /// <param name="clusters">In order.</param>
    public static ImmutableSortedDictionary<string, string> Files(IReadOnlyCollection<RenderedCluster> clusters, RepositoryReport report)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var cluster in clusters)
        {
            files.AddRange(cluster.Files);
        }

        files["status/README.md"] = StatusFiles.Summary([.. clusters.Select(cluster => cluster.StatusRow)], report);
        files["drift/README.md"] = DriftFiles.Summary([.. clusters.Select(cluster => cluster.DriftRow).OfType<string>()]);
        return files.ToImmutable();
    }

    private IEnumerable<ClusterKey> ReportedOtherwise(ImmutableArray<Finding> findings)
    {
        var (before, after) = (BySubject(_findings), BySubject(findings));
        return before.Keys.Union(after.Keys).Where(cluster => Texts(before, cluster).SequenceEqual(Texts(after, cluster)) is false);
    }

    private static Dictionary<ClusterKey, List<string>> BySubject(ImmutableArray<Finding> findings) =>
        findings
            .Where(finding => finding.Subject is not null)
            .GroupBy(finding => finding.Subject!.Value, finding => finding.ToString())
            .ToDictionary(group => group.Key, group => group.ToList());

    private static List<string> Texts(Dictionary<ClusterKey, List<string>> findings, ClusterKey cluster) =>
        findings.GetValueOrDefault(cluster) ?? [];

    private static IEnumerable<string> Of(ClusterKey cluster, ImmutableArray<Finding> findings) =>
        findings.Where(finding => finding.Subject == cluster).Select(finding => finding.ToString());
}
