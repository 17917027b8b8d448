using System.Collections.Immutable;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Operator.Admission;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Reviews;
using GitOpsOperator.Reconcile.Writing;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>Plans a proposal on what is true now.</summary>
/// <param name="mode">What the repository does about drift, where a document does not say it itself.</param>
internal sealed partial class Reviewer(
    string repositoryUrl,
    DriftMode mode,
    MaintenanceWindows windows,
    BulkChangeLimit limit,
    ILiveClusters clusters,
    ILogger<Reviewer> logger
)
{
    /// <param name="withoutLiveState">Why live state is not to be looked at; null where it may be.</param>
    public async Task<Review> ReviewAsync(Proposal proposal, string? withoutLiveState, CancellationToken cancellationToken)
    {
        var reviews = ImmutableArray.CreateBuilder<ClusterReview>();
        foreach (var change in proposal.Changes)
        {
            reviews.Add(await ReviewAsync(proposal, change, withoutLiveState is null, cancellationToken));
        }

        return new()
        {
            Head = proposal.Head,
            ClustersInAll = proposal.ClustersInAll,
            Clusters = reviews.ToImmutable(),
            Findings = [.. proposal.Findings, .. Denied(proposal)],
            FindingsBefore = proposal.FindingsBefore,
            Blocker = proposal.Blocker,
            WithoutLiveState = withoutLiveState,
        };
    }

    /// <summary>What the merge would meet, with the digest by which it may pass.</summary>
    private IEnumerable<Finding> Denied(Proposal proposal)
    {
        var changed = proposal
            .Changes.Where(change =>
                change.Change == DocumentChange.Changed && change.Fields.Any(field => BulkChangeLimit.IsSpec(field.Path))
            )
            .Select(change => change.Document!)
            .ToList();
        return limit.Check(changed) is { } denied
            ? [new(FindingSeverity.Warning, changed[0].Location, "", denied, BulkChangeLimit.Rule.Id)]
            : [];
    }

    private async Task<ClusterReview> ReviewAsync(Proposal proposal, ProposedChange change, bool live, CancellationToken cancellationToken)
    {
        var review = new ClusterReview(change.Cluster, change.Change, change.Fields);
        if (change.Document is not { } document || !live)
        {
            return review;
        }

        try
        {
            var source = new DocumentSource(repositoryUrl, proposal.Head, mode) { Note = windows.State(change.Cluster)?.Reason };
            var plan = await clusters.PlanAsync(document, source, cancellationToken);
            return review with { Plan = plan, Drift = await clusters.DriftAsync(document, source, cancellationToken) };
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The edge of one cluster: the others are planned all the same. What an unknown error says may be anything, so only its kind is
            // shown.
            LogNotPlanned(change.Cluster, error);
            return review with
            {
                Error = error is StaleViewException or KubernetesCallException
                    ? error.Message
                    : $"an error of the operator ({error.GetType().Name}), its log has the details",
            };
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Cluster}: cannot be planned for a review")]
    private partial void LogNotPlanned(ClusterKey cluster, Exception error);
}
