using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Reviews;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>What merging a head into the target would change in the documents; nothing of it depends on live state.</summary>
/// <param name="Target">The revision that it was merged with.</param>
internal sealed record Proposal(
    string Target,
    string Head,
    int ClustersInAll,
    ImmutableArray<ProposedChange> Changes,
    ImmutableArray<Finding> Findings,
    int FindingsBefore,
    ReviewBlocker? Blocker
)
{
    public static Proposal Unusable(string target, string head, ReviewBlocker blocker) => new(target, head, 0, [], [], 0, blocker);
}

/// <param name="Path">File that defines the cluster after the merge; before it, where the document goes.</param>
/// <param name="Document">Null where the document goes.</param>
internal sealed record ProposedChange(
    ClusterKey Cluster,
    string Path,
    DocumentChange Change,
    ImmutableArray<FieldChange> Fields,
    ClusterDocument? Document
);
