namespace GitOpsOperator.Sync.Git.Mirror;

/// <param name="Time">When it was committed, as its committer's clock said.</param>
/// <param name="Subject">First line of its message, as written by whoever wrote it: escape it where it is shown.</param>
public sealed record RevisionInfo(string Revision, DateTimeOffset Time, string Author, string Subject);
