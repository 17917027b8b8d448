using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Reporting;

namespace GitOpsOperator.Operator.Outputs.StatusBranch;

/// <summary>All that the status branch says of one cluster. The same report gives the same bytes.</summary>
/// <param name="Files">Content by path.</param>
/// <param name="StatusRow">Its line of <c>status/README.md</c>.</param>
/// <param name="DriftRow">Its line of <c>drift/README.md</c>; null where it has none.</param>
internal sealed record RenderedCluster(
    ClusterReport Report,
    ImmutableSortedDictionary<string, string> Files,
    string StatusRow,
    string? DriftRow
)
{
    public static RenderedCluster Of(ClusterReport report) =>
        new(report, StatusFiles.Render(report).AddRange(DriftFiles.Render(report)), StatusFiles.Row(report), DriftFiles.Row(report));
}
