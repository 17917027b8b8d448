using System.Collections.Immutable;
using GitOpsOperator.Sync.Forges;

namespace GitOpsOperator.Operator.PullRequests;

/// <summary>What the configuration says of a repository's pull requests.</summary>
/// <param name="Repository">Its name in the configuration.</param>
/// <param name="Branch">Short name of the branch that is followed; pull requests into others are not looked at.</param>
/// <param name="TrustedAuthors">
/// Whose pull requests are planned on live state; empty: everybody's who may push a branch to the repository.
/// </param>
internal sealed record PullRequestSettings(string OperatorId, string Repository, string Branch, ImmutableArray<string> TrustedAuthors)
{
    /// <summary>One status for each operator and repository, so that two do not overwrite each other's.</summary>
    public string StatusContext => $"gitops-operator/{OperatorId}/{Repository}";

    /// <summary>Why this pull request is not shown live state; null where it is.</summary>
    public string? Distrust(PullRequest pull) =>
        pull.FromFork ? "the branch is in another repository, whose author may not write to this one"
        : TrustedAuthors.Length > 0 && !TrustedAuthors.Contains(pull.Author, StringComparer.OrdinalIgnoreCase)
            ? "its author is not among those whom the operator's configuration trusts"
        : null;
}
