using GitOpsOperator.Domains.Etcd;
using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;
using GitOpsOperator.TestKit.GitHub;

namespace GitOpsOperator.Forge.Tests;

/// <summary>The comment that held the plan tells what became of it.</summary>
[Trait("starts", "processes")]
public sealed partial class AfterTheMergeTests
{
    private const string File = ReviewedRepository.File;

    [GitHubFact]
    public async Task The_comment_turns_into_progress_and_then_into_the_result_and_is_left_alone_after_that()
    {
        await using var repository = await ReviewedAsync();
        var commit = await repository.MergeAsync(7);

        await repository.PassAsync();
        Golden(repository, commit, "merged-not-yet-seen.md");

        var changed = Follow(repository, commit);
        Report(
            repository,
            changed,
            ClusterPhase.Progressing,
            "3/3 healthy, scaling 3→5",
            "add member orders-3 as a learner",
            ["promote orders-3 to voter"]
        );
        await repository.PassAsync();
        Golden(repository, commit, "progress.md");

        Report(repository, changed, ClusterPhase.Converged, "5/5 healthy");
        await repository.PassAsync();
        Golden(repository, commit, "result.md");

        Report(repository, changed, ClusterPhase.Blocked, "2/5 healthy");
        repository.Forge.Requests.Clear();
        await repository.PassAsync();
        Assert.Single(repository.Forge.Requests);
    }

    [GitHubFact]
    public async Task A_report_of_before_the_merge_is_not_taken_for_its_result()
    {
        await using var repository = await ReviewedAsync();
        var commit = await repository.MergeAsync(7);
        Follow(repository, commit);
        Report(repository, "the commit before", ClusterPhase.Converged, "3/3 healthy");

        await repository.PassAsync();

        Assert.Contains("not yet observed", repository.Comment(7), StringComparison.Ordinal);
    }

    [GitHubFact]
    public async Task Live_state_that_is_worse_than_what_was_reviewed_is_said_with_the_reason()
    {
        await using var repository = await ReviewedAsync();
        var commit = await repository.MergeAsync(7);
        var changed = Follow(repository, commit);
        Report(
            repository,
            changed,
            ClusterPhase.Blocked,
            "1/3 healthy, blocked",
            refusal: new("voters-answer", "orders-1, orders-2 do not answer", "It resumes automatically once they do")
        );

        await repository.PassAsync();

        Golden(repository, commit, "worse-than-reviewed.md");
    }

    [GitHubFact]
    public async Task A_restart_between_merge_and_result_loses_nothing()
    {
        await using var repository = await ReviewedAsync();
        var commit = await repository.MergeAsync(7);
        await repository.PassAsync();
        repository.Forget();

        Report(repository, Follow(repository, commit), ClusterPhase.Converged, "5/5 healthy");
        await repository.PassAsync();

        Assert.StartsWith("**Done", repository.Comment(7), StringComparison.Ordinal);
        Assert.Single(repository.Comment(7).Split("add member orders-4 as a learner").Skip(1));
        repository.Forget();
        await repository.PassAsync();
        Assert.DoesNotContain(repository.Forge.Requests.TakeLast(3), request => request.StartsWith("PATCH", StringComparison.Ordinal));
    }

    [GitHubFact]
    public async Task A_later_commit_that_says_something_else_ends_the_story()
    {
        await using var repository = await ReviewedAsync();
        await repository.MergeAsync(7);
        var later = repository.Git.Commit("Three again", (File, ReviewedRepository.Document(3)));
        await repository.FollowAsync();
        Follow(repository, later);

        await repository.PassAsync();

        Assert.Contains("changed again by a later commit", repository.Comment(7), StringComparison.Ordinal);
    }

    [GitHubFact]
    public async Task What_was_reviewed_is_remembered_until_it_is_done()
    {
        await using var repository = await ReviewedAsync();
        var reviewed = repository.ReviewedPlans.Of(Read(ReviewedRepository.Document(5)));
        Assert.Equal(("pull request 7", true, 0, 0), (reviewed!.ReviewedIn, reviewed.Completes, reviewed.Replace, reviewed.Irreversible));
        Assert.Null(repository.ReviewedPlans.Of(Read(ReviewedRepository.Document(4))));

        var commit = await repository.MergeAsync(7);
        await repository.PassAsync();
        Assert.Equal(reviewed, repository.ReviewedPlans.Of(Read(ReviewedRepository.Document(5))));

        Report(repository, Follow(repository, commit), ClusterPhase.Converged, "5/5 healthy");
        await repository.PassAsync();
        Assert.Null(repository.ReviewedPlans.Of(Read(ReviewedRepository.Document(5))));
    }

    [GitHubFact]
    public async Task What_was_closed_or_pushed_over_promises_nothing()
    {
        await using var repository = await ReviewedAsync();

        repository.Propose(7, files: (File, ReviewedRepository.Document(4)));
        await repository.PassAsync();
        Assert.Null(repository.ReviewedPlans.Of(Read(ReviewedRepository.Document(5))));
        Assert.NotNull(repository.ReviewedPlans.Of(Read(ReviewedRepository.Document(4))));

        repository.Forge.Pulls[7]["state"] = "closed";
        await repository.PassAsync();
        Assert.Null(repository.ReviewedPlans.Of(Read(ReviewedRepository.Document(4))));
    }

    private static ClusterDocument Read(string document) =>
        Assert.Single(
            new DocumentReader(new EtcdModule().Kinds).Read([new(File, "b10b", System.Text.Encoding.UTF8.GetBytes(document))]).Documents
        );

    private static async Task<ReviewedRepository> ReviewedAsync()
    {
        var repository = await ReviewedRepository.StartAsync();
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        await repository.PassAsync();
        Assert.Contains("Safe", repository.Comment(7), StringComparison.Ordinal);
        return repository;
    }

    /// <summary>The clusters follow this revision from now on.</summary>
    /// <returns>The commit that last changed the document.</returns>
    private static string Follow(ReviewedRepository repository, string revision)
    {
        repository.Clusters.Followed = revision;
        return repository.Mirror.LastCommitsThatChanged(revision, [File])[File];
    }

    private static void Report(
        ReviewedRepository repository,
        string revision,
        ClusterPhase phase,
        string headline,
        string? step = null,
        string[]? remaining = null,
        Blocker? refusal = null
    ) =>
        repository.Clusters.Reports[Scene.Orders] = new()
        {
            Cluster = Scene.Orders,
            Revision = revision,
            Desired = "",
            Phase = phase,
            Summary = headline,
            CurrentStep = step,
            Remaining = [.. remaining ?? []],
            Blocker = refusal,
        };

    private static void Golden(ReviewedRepository repository, string commit, string file) =>
        GoldenComments.Matches(
            file,
            Head().Replace(repository.Comment(7).Replace(commit[..8], "COMMIT", StringComparison.Ordinal), "(at HEAD)")
        );

    // The reviewed head has another id at each run.
    [System.Text.RegularExpressions.GeneratedRegex(@"\(at [0-9a-f]{8}\)")]
    private static partial System.Text.RegularExpressions.Regex Head();
}
