namespace GitOpsOperator.Sync.Forges;

/// <summary>
/// One repository on a forge, as far as reviewing pull requests needs it. Which forge it is, is its
/// <see cref="IForgeKind"/>'s matter. Every method throws <see cref="ForgeException"/> where the forge does not do what was asked.
/// </summary>
public interface IForge
{
    /// <summary>Characters that one comment may have.</summary>
    int MaxCommentLength { get; }

    /// <summary>The ref under which the forge offers a pull request's head in the repository itself, forks included.</summary>
    string HeadRef(int number);

    /// <summary>The open pull requests, oldest first; at most 1,000 of them.</summary>
    Task<IReadOnlyList<PullRequest>> OpenAsync(CancellationToken cancellationToken);

    /// <summary>A few of the pull requests that are no longer open, those first in which something happened last.</summary>
    Task<IReadOnlyList<PullRequest>> RecentlyClosedAsync(CancellationToken cancellationToken);

    /// <summary>What one pull request is now; null where there is none.</summary>
    Task<PullRequest?> FindAsync(int number, CancellationToken cancellationToken);

    /// <summary>
    /// The comment that we made and that starts with this text. Comments of others never count, whatever they start with. Pages are
    /// bounded: the oldest comments are read, then the newest.
    /// </summary>
    Task<ForgeComment?> FindCommentAsync(int number, string start, CancellationToken cancellationToken);

    /// <returns>The new comment.</returns>
    Task<ForgeComment> CommentAsync(int number, string body, CancellationToken cancellationToken);

    /// <returns>The comment as it is now; null where it is no longer there.</returns>
    Task<ForgeComment?> EditCommentAsync(long comment, string body, CancellationToken cancellationToken);

    Task SetStatusAsync(string commit, CommitStatus status, CancellationToken cancellationToken);
}

/// <summary>A request to merge one branch into another.</summary>
/// <param name="Head">Commit that is to be merged.</param>
/// <param name="Target">Short name of the branch to merge into.</param>
/// <param name="Author">Login of whoever opened it.</param>
/// <param name="FromFork">Its branch is in another repository, or that repository is gone: nobody here has let its author write.</param>
/// <param name="MergeCommit">What the target got, once merged.</param>
public sealed record PullRequest(
    int Number,
    PullRequestState State,
    string Head,
    string Target,
    string Author,
    bool FromFork,
    string? MergeCommit
);

public enum PullRequestState
{
    Open,
    Merged,

    /// <summary>Without having been merged.</summary>
    Closed,
}

/// <param name="Url">For people.</param>
public sealed record ForgeComment(long Id, string Body, string? Url);

/// <param name="Context">Names who says it: one commit has one status for each.</param>
/// <param name="Description">One line of any length; an adapter cuts it to what its forge takes.</param>
/// <param name="Url">Where more is said.</param>
public sealed record CommitStatus(string Context, CommitState State, string Description, string? Url);

public enum CommitState
{
    Success,
    Pending,
    Failure,
}
