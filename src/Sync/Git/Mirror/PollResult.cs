namespace GitOpsOperator.Sync.Git.Mirror;

/// <summary>What one poll of the remote found.</summary>
public abstract record PollResult
{
    private PollResult() { }

    /// <summary>The remote still points to the revision accepted last.</summary>
    public sealed record Unchanged(string Revision) : PollResult;

    /// <param name="From">The revision accepted before; null at the first poll of this mirror.</param>
    /// <param name="NotDescendant">The branch was rewritten, and the options allow it.</param>
    public sealed record Advanced(string? From, string Revision, bool NotDescendant) : PollResult;

    /// <summary>Nothing is known of the remote now; the revision accepted last still counts.</summary>
    public sealed record Failed(SyncError Error) : PollResult;
}
