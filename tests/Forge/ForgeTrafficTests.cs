using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.Sync;
using GitOpsOperator.TestKit.GitHub;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsOperator.Forge.Tests;

/// <summary>What is asked of a forge, and what is not, when it or people do what one would rather not have.</summary>
[Trait("starts", "processes")]
public sealed class ForgeTrafficTests
{
    private const string File = ReviewedRepository.File;

    [GitHubFact]
    public async Task An_unchanged_plan_costs_one_conditional_request_that_is_not_counted()
    {
        await using var repository = await GrownAsync();
        repository.Forge.Requests.Clear();

        await repository.PassAsync();
        await repository.PassAsync();

        Assert.All(repository.Forge.Requests, request => Assert.EndsWith(" 304", request, StringComparison.Ordinal));
        Assert.Equal(2, repository.Forge.Requests.Count);
    }

    [GitHubFact]
    public async Task A_plan_that_live_state_changes_changes_the_comment_in_place()
    {
        await using var repository = await GrownAsync();
        repository.Clusters.Live[Scene.Orders] = Scene
            .Running(3)
            .With(1, member => member.Silent(true))
            .With(2, member => member.Silent(true));

        await repository.PassAsync();

        Assert.Contains("Waits", repository.Comment(7), StringComparison.Ordinal);
        Assert.Equal(["success", "pending"], repository.Forge.Statuses.Select(status => status.State));
    }

    [GitHubFact]
    public async Task After_a_restart_the_comment_is_known_again_and_not_written()
    {
        await using var repository = await GrownAsync();
        repository.Forge.Requests.Clear();
        repository.Forget();

        await repository.PassAsync();

        Assert.DoesNotContain(
            repository.Forge.Requests,
            request =>
                request.StartsWith("PATCH", StringComparison.Ordinal)
                || request.Contains("POST /repos/acme/clusters/issues", StringComparison.Ordinal)
        );
        Assert.Single(repository.Forge.Comments);
    }

    [GitHubFact]
    public async Task A_comment_that_somebody_edited_is_put_right()
    {
        await using var repository = await GrownAsync();
        var right = repository.Comment(7);
        var comment = Assert.Single(repository.Forge.Comments);
        comment["body"] = comment["body"]!.GetValue<string>().Replace("Safe", "Approved by the operator", StringComparison.Ordinal);
        repository.Forget();

        await repository.PassAsync();

        Assert.Equal(right, repository.Comment(7));
    }

    [GitHubFact]
    public async Task A_marker_forged_by_another_author_is_not_taken_for_ours()
    {
        await using var repository = await GrownAsync();
        var genuine = Assert.Single(repository.Forge.Comments)["body"]!.GetValue<string>();
        repository.Forge.Comments.Clear();
        repository.Forge.AddComment(7, "mallory", genuine);
        repository.Forget();

        await repository.PassAsync();

        Assert.Single(repository.Forge.CommentsBy(GitHubStandIn.Login, 7));
        Assert.Equal(genuine, Assert.Single(repository.Forge.CommentsBy("mallory", 7))["body"]!.GetValue<string>());
    }

    [GitHubFact]
    public async Task Among_thousands_of_comments_ours_is_found_by_a_bounded_number_of_requests()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        for (var i = 0; i < 5000; i++)
        {
            repository.Forge.AddComment(7, "talker", "talk");
        }

        await repository.PassAsync();
        var pages = repository.Forge.Requests.Count(request => request.Contains("/issues/7/comments?", StringComparison.Ordinal));
        repository.Forget();
        await repository.PassAsync();

        Assert.Equal(20, pages);
        Assert.Single(repository.Forge.CommentsBy(GitHubStandIn.Login, 7));
    }

    [GitHubFact]
    public async Task A_comment_that_a_person_deleted_is_made_anew_when_there_is_something_new_to_say()
    {
        await using var repository = await GrownAsync();
        repository.Forge.Comments.Clear();
        await repository.PassAsync();
        Assert.Empty(repository.Forge.Comments);

        repository.Propose(7, files: (File, ReviewedRepository.Document(7)));
        await repository.PassAsync();

        Assert.Contains("3 → 7", repository.Comment(7), StringComparison.Ordinal);
        Assert.Contains(
            repository.Forge.Requests,
            request => request.StartsWith("PATCH", StringComparison.Ordinal) && request.EndsWith(" 404", StringComparison.Ordinal)
        );
    }

    [GitHubFact]
    public async Task A_head_that_is_pushed_over_while_it_is_planned_is_not_spoken_of()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        var old = repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        string? moved = null;
        repository.Clusters.BeforePlan = () => moved ??= repository.Propose(7, files: (File, ReviewedRepository.Document(7)));

        await repository.PassAsync();
        Assert.Empty(repository.Forge.Comments);
        Assert.Empty(repository.Forge.Statuses);

        await repository.PassAsync();
        Assert.NotEqual(old, moved);
        Assert.Equal(moved, Assert.Single(repository.Forge.Statuses).Commit);
        Assert.Contains("3 → 7", repository.Comment(7), StringComparison.Ordinal);
    }

    [GitHubFact]
    public async Task A_pull_request_that_is_closed_while_it_is_planned_is_left_alone()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        repository.Clusters.BeforePlan = () => repository.Forge.Pulls[7]["state"] = "closed";

        await repository.PassAsync();
        await repository.PassAsync();

        Assert.Empty(repository.Forge.Comments);
        Assert.Empty(repository.Forge.Statuses);
    }

    [GitHubFact]
    public async Task A_spent_allowance_silences_us_until_it_is_renewed()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var repository = await ReviewedRepository.StartAsync(time);
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        var reset = time.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds();
        repository.Forge.Before = _ =>
            new(
                403,
                """{"message":"API rate limit exceeded"}""",
                new() { ["x-ratelimit-remaining"] = "0", ["x-ratelimit-reset"] = $"{reset}" }
            );

        await SilentAsync(repository, time, TimeSpan.FromMinutes(9));
        Assert.Contains("less often", repository.Log, StringComparison.Ordinal);
        await SpeaksAsync(repository, time, TimeSpan.FromMinutes(2));
    }

    [GitHubFact]
    public async Task Retry_after_is_kept_to()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var repository = await ReviewedRepository.StartAsync(time);
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        repository.Forge.Before = _ =>
            new(429, """{"message":"You have exceeded a secondary rate limit"}""", new() { ["Retry-After"] = "120" });

        await SilentAsync(repository, time, TimeSpan.FromSeconds(119));
        await SpeaksAsync(repository, time, TimeSpan.FromSeconds(2));
    }

    [GitHubFact]
    public async Task A_forge_that_fails_is_asked_less_and_less_often()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var repository = await ReviewedRepository.StartAsync(time);
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        repository.Forge.Before = _ => new(503, """{"message":"unavailable"}""", []);

        for (var second = 0; second < 3600; second += 5)
        {
            await repository.PassAsync();
            time.Advance(TimeSpan.FromSeconds(5));
        }

        // 5, 10, 20 … 320 s, then every 10 minutes.
        Assert.InRange(repository.Forge.Requests.Count, 8, 14);
        await SpeaksAsync(repository, time, TimeSpan.FromMinutes(10));
    }

    [GitHubFact]
    public async Task A_revoked_token_is_told_and_a_new_one_is_used_without_a_restart()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var repository = await ReviewedRepository.StartAsync(time);
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        System.IO.File.WriteAllText(repository.TokenFile, "ghp_revoked");

        await SilentAsync(repository, time, TimeSpan.FromSeconds(30));
        Assert.Contains("expired or revoked", repository.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("ghp_revoked", repository.Log, StringComparison.Ordinal);

        System.IO.File.WriteAllText(repository.TokenFile, GitHubStandIn.Token);
        await SpeaksAsync(repository, time, TimeSpan.FromMinutes(1));
    }

    [GitHubFact]
    public async Task A_token_echoed_in_an_error_is_not_passed_on()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        repository.Forge.Before = _ => new(403, $$"""{"message":"Token {{GitHubStandIn.Token}} may not do this"}""", []);

        await repository.PassAsync();

        // What the forge said arrives, with the mark where the token was; that the token is nowhere is checked at the end of every test,
        // too.
        Assert.Contains($"Token {Redaction.Mark} may not do this", repository.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(GitHubStandIn.Token, repository.Log, StringComparison.Ordinal);
    }

    [GitHubFact]
    public async Task A_redirect_to_another_host_is_not_followed()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        await using var other = await GitHubStandIn.StartAsync();
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        repository.Forge.Before = request => new(302, "", new() { ["Location"] = $"{other.Api}{request.Path.Value!.TrimStart('/')}" });

        await repository.PassAsync();

        Assert.Empty(other.Requests);
        Assert.Contains("another host", repository.Log, StringComparison.Ordinal);
    }

    [GitHubFact]
    public async Task An_answer_without_end_is_not_read()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        repository.Forge.Before = _ => new(200, new string(' ', 5 * 1024 * 1024) + "[]", []);

        await repository.PassAsync();

        Assert.Contains("more than 4194304 bytes", repository.Log, StringComparison.Ordinal);
    }

    [GitHubFact]
    public async Task An_answer_that_is_not_the_forges_is_told_and_does_nothing()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        foreach (var nonsense in (string[])["<html>Sign in</html>", """{"pulls":[]}""", """[{"number":7}]""", "[null]", "", "[[[[[["])
        {
            repository.Forge.Before = _ => new(200, nonsense, []);
            await repository.PassAsync();
        }

        repository.Forge.Before = _ => null;
        Assert.Empty(repository.Forge.Comments);
        await repository.PassAsync();
        Assert.Single(repository.Forge.Comments);
    }

    private static async Task<ReviewedRepository> GrownAsync()
    {
        var repository = await ReviewedRepository.StartAsync();
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        await repository.PassAsync();
        Assert.Contains("Safe", repository.Comment(7), StringComparison.Ordinal);
        return repository;
    }

    /// <summary>One request, and then none for that long.</summary>
    private static async Task SilentAsync(ReviewedRepository repository, FakeTimeProvider time, TimeSpan span)
    {
        await repository.PassAsync();
        var asked = repository.Forge.Requests.Count;
        await repository.PassAsync();
        time.Advance(span);
        await repository.PassAsync();
        Assert.Equal(asked, repository.Forge.Requests.Count);
        Assert.Empty(repository.Forge.Comments);
    }

    private static async Task SpeaksAsync(ReviewedRepository repository, FakeTimeProvider time, TimeSpan after)
    {
        time.Advance(after);
        repository.Forge.Before = _ => null;
        await repository.PassAsync();
        Assert.Single(repository.Forge.Comments);
    }
}
