using System.Globalization;
using GitOpsOperator.Sync.Git;

namespace GitOpsOperator.Sync.Forges.GitHub;

/// <summary>GitHub's words in ours. Whatever is not what it should be is taken for the less trusted.</summary>
internal static class GitHubResponses
{
    private const int MaxDescriptionLength = 140;

    public static PullRequest PullRequest(Octokit.PullRequest pull) =>
        new(
            pull.Number,
            pull.State.Value == Octokit.ItemState.Open ? PullRequestState.Open
                : pull.Merged || pull.MergedAt is not null ? PullRequestState.Merged
                : PullRequestState.Closed,
            RefSelector.IsCommit(pull.Head?.Sha ?? "")
                ? pull.Head!.Sha
                : throw NotUsable($"pull request {pull.Number} without the commit of its head"),
            pull.Base?.Ref ?? throw NotUsable($"pull request {pull.Number} without a branch to merge into"),
            pull.User?.Login ?? "",
            pull.Head.Repository is null || pull.Base.Repository is null || pull.Head.Repository.Id != pull.Base.Repository.Id,
            RefSelector.IsCommit(pull.MergeCommitSha ?? "") ? pull.MergeCommitSha : null
        );

    public static ForgeComment Comment(Octokit.IssueComment comment) => new(comment.Id, comment.Body ?? "", comment.HtmlUrl);

    public static Octokit.NewCommitStatus Status(CommitStatus status) =>
        new()
        {
            Context = status.Context,
            State = status.State switch
            {
                CommitState.Success => Octokit.CommitState.Success,
                CommitState.Failure => Octokit.CommitState.Failure,
                _ => Octokit.CommitState.Pending,
            },
            Description =
                status.Description.Length <= MaxDescriptionLength
                    ? status.Description
                    : status.Description[..(MaxDescriptionLength - 1)] + "…",
            TargetUrl = status.Url,
        };

    /// <summary>The page that the answer calls its last; null where it calls none so.</summary>
    public static int? LastPage(Octokit.ApiInfo info)
    {
        if (!info.Links.TryGetValue("last", out var last))
        {
            return null;
        }

        var page = last.Query.TrimStart('?').Split('&').FirstOrDefault(part => part.StartsWith("page=", StringComparison.Ordinal));
        return int.TryParse(page?["page=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : null;
    }

    private static ForgeException NotUsable(string what) =>
        new(ForgeErrorKind.BadResponse, $"The forge answered with {what}; nothing was done with it.");
}
