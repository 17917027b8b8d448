using System.Collections.Immutable;

namespace GitOpsOperator.Specs;

/// <summary>
/// Everything that one revision of a repository says. A cluster named by an error's <see cref="Finding.Subject"/>
/// has no document here and stays as it last was.
/// </summary>
/// <param name="Documents">The clusters, each whole.</param>
public sealed record DesiredState(ImmutableArray<ClusterDocument> Documents, ImmutableArray<Finding> Findings)
{
    /// <summary>Documents that are parts of clusters, such as a monitor that any number of Prometheus may select.</summary>
    public ImmutableArray<ClusterDocument> Parts { get; init; } = [];

    /// <summary>
    /// Whether git truly no longer defines this cluster. While any document cannot be told apart (broken before its name, a file
    /// over a limit) it might be the one of any cluster, so absence proves nothing and everything stays as it was.
    /// </summary>
    public bool IsWithdrawn(ClusterKey cluster) =>
        !Documents.Any(document => document.Key == cluster)
        && !Findings.Any(finding => finding.Severity == FindingSeverity.Error && (finding.Subject is null || finding.Subject == cluster));
}
