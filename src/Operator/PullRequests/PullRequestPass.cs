using System.Collections.Immutable;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reviews;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Forges;
using GitOpsOperator.Sync.Git;
using GitOpsOperator.Sync.Git.Mirror;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>
/// Keeps one comment and one commit status on every open pull request of a repository as true as they can be, and tells on merged ones
/// what became of them. What is unchanged costs no request.
/// </summary>
internal sealed partial class PullRequestPass(
    PullRequestSettings settings,
    IForge forge,
    GitMirror mirror,
    Proposals proposals,
    ILiveClusters clusters,
    Reviewer reviewer,
    OpenPullRequests openPullRequests,
    ReviewedPlans reviewedPlans,
    ILogger<PullRequestPass> logger
)
{
    /// <summary>Merges that are looked up after a start; older ones keep the comment they have.</summary>
    private const int MaxResumed = 10;

    private readonly Dictionary<int, KnownPull> _known = [];
    private readonly PlanComments _comments = new(forge, PlanComment.StartFor(settings.OperatorId, settings.Repository));
    private string? _error;
    private bool _resumed;

    /// <summary>Name of the repository in the configuration.</summary>
    public string Repository => settings.Repository;

    /// <summary>Looks at every pull request once. Passes never overlap.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
            Tell(null);
        }
        catch (ForgeException error)
        {
            // The edge of a pass: what was not said is said by a later one, and until the forge wants to listen again nothing is sent.
            Tell(error.Message);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (mirror.Revision is not { } target)
        {
            return;
        }

        await ResumeAsync(cancellationToken);
        var open = (await forge.OpenAsync(cancellationToken)).Where(pull => pull.Target == settings.Branch).ToList();
        foreach (var pull in open)
        {
            await GuardAsync(pull.Number, known => ReviewAsync(pull, known, target, cancellationToken));
        }

        openPullRequests.Set(
            settings.Repository,
            [
                .. open.Select(pull => (pull, _known.GetValueOrDefault(pull.Number)?.Review))
                    .Where(pull => pull.Review is not null)
                    .Select(pull => new OpenPull(settings.Repository, pull.pull.Number, pull.pull.Author, pull.Review!)),
            ]
        );
        foreach (var number in _known.Keys.Except(open.Select(pull => pull.Number)).ToList())
        {
            await GuardAsync(number, known => FollowUpAsync(number, known, cancellationToken));
        }
    }

    /// <summary>After a start, takes up the merges whose comment does not tell their end yet.</summary>
    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        if (_resumed)
        {
            return;
        }

        var merged = (await forge.RecentlyClosedAsync(cancellationToken))
            .Where(pull => pull is { State: PullRequestState.Merged, MergeCommit: not null } && pull.Target == settings.Branch)
            .Take(MaxResumed);
        foreach (var pull in merged)
        {
            if (
                await _comments.FindAsync(pull.Number, cancellationToken) is { } comment
                && !ProgressMarkdown.IsDone(PlanComment.TextOf(comment.Body))
                && mirror.ParentOf(pull.MergeCommit!) is { } before
            )
            {
                var digest = _comments.DigestOf(comment);
                _known[pull.Number] = new()
                {
                    Searched = true,
                    Comment = comment,
                    Digest = digest,

                    // Edited by somebody, it is no longer what was reviewed.
                    Reviewed = digest is null ? null : ProgressMarkdown.ReviewedIn(PlanComment.TextOf(comment.Body)),
                    Merged = pull,
                    Proposal = proposals.Compare(before, pull.MergeCommit!),
                };
            }
        }

        _resumed = true;
    }

    /// <summary>One pull request that cannot be read must not keep the others from being looked at.</summary>
    private async Task GuardAsync(int number, Func<KnownPull, Task> look)
    {
        var known = _known.TryGetValue(number, out var before) ? before : _known[number] = new();
        try
        {
            await look(known);
            known.Error = null;
        }
        catch (Exception error)
            when (error is IOException or ForgeException { Kind: ForgeErrorKind.Refused or ForgeErrorKind.NotFound, RetryAt: null })
        {
            // Told once, not at each pass.
            if (error.Message != known.Error)
            {
                known.Error = error.Message;
                LogUnreadable(settings.Repository, number, error.Message);
            }
        }
    }

    private async Task ReviewAsync(PullRequest pull, KnownPull known, string target, CancellationToken cancellationToken)
    {
        if (known.Proposal is not { } proposal || proposal.Target != target || proposal.Head != pull.Head)
        {
            if (await ReadAsync(pull, known, target, cancellationToken) is not { } read)
            {
                return;
            }

            known.Proposal = proposal = read;
        }

        var review = await reviewer.ReviewAsync(proposal, settings.Distrust(pull), cancellationToken);
        var comment = _comments.Of(room => ReviewMarkdown.Write(review, room));
        var status = Status(review, known.Comment?.Url);
        if (comment.Digest == known.Digest && known.Status == (pull.Head, status))
        {
            return;
        }

        // What was planned may have moved while it was: then it is not said, and the next pass plans what is there.
        if (await forge.FindAsync(pull.Number, cancellationToken) is not { State: PullRequestState.Open } now || now.Head != pull.Head)
        {
            LogMoved(settings.Repository, pull.Number);
            return;
        }

        (known.Review, known.Reviewed) = (review, comment.Text);
        var worthAComment = !review.Clusters.IsEmpty || !review.Findings.IsEmpty || review.Blocker is not null;
        await _comments.SayAsync(pull.Number, known, comment, worthAComment, cancellationToken);
        reviewedPlans.Set(pull.Number, Promised(pull.Number, proposal, review));
        status = Status(review, known.Comment?.Url);
        if (known.Status != (pull.Head, status))
        {
            await forge.SetStatusAsync(pull.Head, status, cancellationToken);
            known.Status = (pull.Head, status);
        }
    }

    /// <returns>Null where it cannot be had now; the next pass tries again.</returns>
    private async Task<Proposal?> ReadAsync(PullRequest pull, KnownPull known, string target, CancellationToken cancellationToken)
    {
        if (known.Fetched != pull.Head)
        {
            var (commit, error) = await mirror.FetchProposalAsync(forge.HeadRef(pull.Number), $"{pull.Number}", cancellationToken);
            if (error is { Kind: SyncErrorKind.TooLarge })
            {
                return Proposal.Unusable(target, pull.Head, new("too-large", error.Message.TrimEnd('.'), "Make it smaller", []));
            }

            if (error is not null)
            {
                throw new IOException(error.Message);
            }

            known.Fetched = commit;
            if (commit != pull.Head)
            {
                LogMoved(settings.Repository, pull.Number);
                return null;
            }
        }

        return proposals.Compare(target, pull.Head);
    }

    private async Task FollowUpAsync(int number, KnownPull known, CancellationToken cancellationToken)
    {
        if (known.Merged is null && known.Proposal is not null)
        {
            known.Merged = await forge.FindAsync(number, cancellationToken) is { State: PullRequestState.Merged } merged ? merged : null;
        }

        if (known is not { Merged.MergeCommit: { } commit, Proposal: { } proposal, Comment: not null })
        {
            await ForgetAsync(number, cancellationToken);
            return;
        }

        var progress = Progress.Of(commit, proposal, known.Review, mirror, clusters);
        await _comments.SayAsync(
            number,
            known,
            _comments.Of(room => ProgressMarkdown.Write(progress, known.Reviewed, room)),
            orMakeOne: true,
            cancellationToken
        );
        if (progress.Done)
        {
            await ForgetAsync(number, cancellationToken);
        }
    }

    private async Task ForgetAsync(int number, CancellationToken cancellationToken)
    {
        _known.Remove(number);
        reviewedPlans.Forget(number);
        await mirror.RemoveProposalAsync($"{number}", cancellationToken);
    }

    /// <summary>What a comment says that the documents would do.</summary>
    private static ImmutableArray<(ClusterDocument Document, ReviewedPlan Plan)> Promised(int number, Proposal proposal, Review review)
    {
        var plans = review.Clusters.Select(cluster => cluster.Plan).OfType<PlanForecast>().ToDictionary(plan => plan.Cluster);
        return
        [
            .. proposal
                .Changes.Where(change => change.Document is not null && plans.ContainsKey(change.Cluster))
                .Select(change => (change.Document!, PlanReview.Of(plans[change.Cluster], $"pull request {number}"))),
        ];
    }

    private CommitStatus Status(Review review, string? url) =>
        new(
            settings.StatusContext,
            review.Verdict switch
            {
                ReviewVerdict.NothingToDo or ReviewVerdict.Safe => CommitState.Success,
                ReviewVerdict.Refused or ReviewVerdict.Invalid => CommitState.Failure,
                _ => CommitState.Pending,
            },
            ReviewWords.Verdict(review),
            url
        );

    private void Tell(string? error)
    {
        if (error != _error)
        {
            _error = error;
            LogForge(settings.Repository, error ?? "pull requests can be polled again");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "repository {Repository}: {Error}")]
    private partial void LogForge(string repository, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "repository {Repository}: pull request {Number} cannot be reviewed: {Error}")]
    private partial void LogUnreadable(string repository, int number, string error);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "repository {Repository}: pull request {Number} moved while it was reviewed; it is reviewed again"
    )]
    private partial void LogMoved(string repository, int number);
}
