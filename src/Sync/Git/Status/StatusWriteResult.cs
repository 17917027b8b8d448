namespace GitOpsOperator.Sync.Git.Status;

public abstract record StatusWriteResult
{
    private StatusWriteResult() { }

    /// <summary>The branch says all of it already; no commit was made.</summary>
    public sealed record Unchanged : StatusWriteResult;

    /// <param name="Tries">More than one when others wrote to the branch at the same time.</param>
    public sealed record Written(string Commit, int Tries) : StatusWriteResult;

    public sealed record Failed(SyncError Error) : StatusWriteResult;
}
