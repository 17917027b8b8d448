using GitOpsOperator.Reconcile.Reviews;
using GitOpsOperator.Sync.Forges;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>What is remembered of a pull request between passes. Losing it costs a look at its comments.</summary>
internal sealed class KnownPull
{
    /// <summary>The head that the mirror has.</summary>
    public string? Fetched { get; set; }

    public Proposal? Proposal { get; set; }

    public Review? Review { get; set; }

    /// <summary>The text of the review, as it was said.</summary>
    public string? Reviewed { get; set; }

    /// <summary>Whether its comments were searched for ours.</summary>
    public bool Searched { get; set; }

    public ForgeComment? Comment { get; set; }

    /// <summary>Of the comment as it stands; null where that is not known.</summary>
    public string? Digest { get; set; }

    public (string Commit, CommitStatus Status)? Status { get; set; }

    /// <summary>Why it could not be looked at the last time; null where it could.</summary>
    public string? Error { get; set; }

    /// <summary>Once merged.</summary>
    public PullRequest? Merged { get; set; }
}
