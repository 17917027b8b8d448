using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Reviews;

/// <summary>How far a merged proposal has been carried out.</summary>
/// <param name="MergeCommit">What the target branch got.</param>
public sealed record MergeProgress(string MergeCommit, ImmutableArray<ClusterProgress> Clusters)
{
    /// <summary>Nothing of it is left to do.</summary>
    public bool Done => Clusters.All(cluster => cluster.IsOver);
}

/// <param name="Summary">What the cluster is now, in its report's words.</param>
/// <param name="Step">What is being done or waited for; null where nothing is.</param>
/// <param name="Blocker">Why it does not go on; null where it does.</param>
/// <param name="WorseThanReviewed">The review said that it would go all the way, or with less risk.</param>
public sealed record ClusterProgress(
    ClusterKey Cluster,
    ProgressStage Stage,
    string Summary = "",
    string? Step = null,
    ImmutableArray<string> Remaining = default,
    Blocker? Blocker = null,
    bool WorseThanReviewed = false
)
{
    /// <summary>Nothing is left to do here for this proposal.</summary>
    public bool IsOver => Stage is ProgressStage.Done or ProgressStage.Unmanaged or ProgressStage.Superseded;
}

public enum ProgressStage
{
    /// <summary>The merge has not been read yet, or the cluster not yet been observed since.</summary>
    NotYetSeen,

    Underway,

    /// <summary>It waits, or is refused; the blocker says why.</summary>
    Stopped,

    /// <summary>The cluster is as the merge says.</summary>
    Done,

    /// <summary>Its document has gone; it keeps running by itself.</summary>
    Unmanaged,

    /// <summary>A later commit says something else of it.</summary>
    Superseded,
}
