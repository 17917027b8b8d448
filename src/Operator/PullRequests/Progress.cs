using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Reviews;
using GitOpsOperator.Sync.Git.Mirror;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>Reads from the clusters' reports how far a merge has come.</summary>
internal static class Progress
{
    public static MergeProgress Of(string mergeCommit, Proposal proposal, Review? review, GitMirror mirror, ILiveClusters clusters)
    {
        var followed = clusters.Followed is { } revision && mirror.Contains(revision, mergeCommit) ? revision : null;
        var changedBy = followed is null
            ? null
            : mirror.LastCommitsThatChanged(followed, proposal.Changes.Select(change => change.Path).Distinct());
        return new(mergeCommit, [.. proposal.Changes.Select(Look)]);

        ClusterProgress Look(ProposedChange change)
        {
            if (followed is null)
            {
                return new(change.Cluster, ProgressStage.NotYetSeen);
            }

            if (change.Change == DocumentChange.Removed)
            {
                return new(
                    change.Cluster,
                    clusters.Report(change.Cluster) is null or { Phase: ClusterPhase.Orphaned }
                        ? ProgressStage.Unmanaged
                        : ProgressStage.NotYetSeen
                );
            }

            if (changedBy!.GetValueOrDefault(change.Path) is not { } commit || !mirror.Contains(mergeCommit, commit))
            {
                return new(change.Cluster, ProgressStage.Superseded);
            }

            return clusters.Report(change.Cluster) is { } report && report.Revision == commit
                ? LookAt(change, report)
                : new(change.Cluster, ProgressStage.NotYetSeen);
        }

        ClusterProgress LookAt(ProposedChange change, ClusterReport report)
        {
            var stage = report.Phase switch
            {
                ClusterPhase.Converged => ProgressStage.Done,
                ClusterPhase.Progressing => ProgressStage.Underway,
                _ => ProgressStage.Stopped,
            };
            var reviewed = review?.Clusters.FirstOrDefault(cluster => cluster.Cluster == change.Cluster)?.Plan?.Verdict;
            return new(
                change.Cluster,
                stage,
                report.Summary,
                report.CurrentStep,
                report.Remaining,
                report.Blocker,
                WorseThanReviewed: report.Blocker?.Rule == PlanReview.RuleId
                    || (stage == ProgressStage.Stopped && reviewed is PlanVerdict.Changes or PlanVerdict.NothingToDo)
            );
        }
    }
}
