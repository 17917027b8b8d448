using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Specs;
using GitOpsOperator.TestKit.GitHub;

namespace GitOpsOperator.Forge.Tests;

/// <summary>What a pull request gets: one comment and one commit status. To accept new wording: UPDATE_GOLDEN=1, and review the
/// diff.</summary>
[Trait("starts", "processes")]
public sealed class ReviewTests
{
    private const string File = ReviewedRepository.File;

    [GitHubFact]
    public async Task A_pull_request_that_grows_a_cluster_gets_one_comment_with_the_plan_and_a_green_status()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        var head = repository.Propose(7, files: (File, ReviewedRepository.Document(5)));

        await repository.PassAsync();

        var status = Assert.Single(repository.Forge.Statuses);
        Assert.Equal((head, "success", "gitops-operator/default/clusters"), (status.Commit, status.State, status.Context));
        Golden(repository, 7, head, "grow-3-to-5.md");
    }

    [GitHubFact]
    public async Task A_document_with_an_error_is_red_and_the_comment_names_file_and_line()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        var head = repository.Propose(7, files: (File, ReviewedRepository.Document(0)));

        await repository.PassAsync();

        Assert.Equal("failure", Assert.Single(repository.Forge.Statuses).State);
        Assert.Equal(0, repository.Clusters.Plans);
        Golden(repository, 7, head, "size-zero.md");
    }

    [GitHubFact]
    public async Task What_would_delete_data_for_good_is_not_green()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Clusters.Live[Scene.Orders] = Scene.Running(3);
        var head = repository.Propose(7, files: (File, ReviewedRepository.Document(1)));

        await repository.PassAsync();

        Assert.Equal("pending", Assert.Single(repository.Forge.Statuses).State);
        Golden(repository, 7, head, "shrink-3-to-1.md");
    }

    [GitHubFact]
    public async Task An_outage_is_not_called_safe_and_the_verdict_names_the_step()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Clusters.Live[Scene.Orders] = Scene.Running(1);
        var head = repository.Propose(7, files: (File, Upgraded(1, "3.5.30")));

        await repository.PassAsync();

        var status = Assert.Single(repository.Forge.Statuses);
        Assert.Equal(("pending", "Outage: restart orders-0 with 3.5.30"), (status.State, status.Description));
        Golden(repository, 7, head, "upgrade-of-the-only-member.md");
    }

    [GitHubFact]
    public async Task A_step_that_cannot_be_undone_is_not_called_safe_and_the_verdict_names_it()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Clusters.Live[Scene.Orders] = Scene.Running(3, version: "3.4.23");
        var head = repository.Propose(7, files: (File, Upgraded(3, "3.5.30")));

        await repository.PassAsync();

        var status = Assert.Single(repository.Forge.Statuses);
        Assert.Equal("pending", status.State);
        Assert.StartsWith(
            "Cannot be undone: restart orders-0 with 3.5.30: the point of no return",
            status.Description,
            StringComparison.Ordinal
        );
        Golden(repository, 7, head, "point-of-no-return.md");
    }

    [GitHubFact]
    public async Task Drift_that_is_there_already_is_told_with_who_made_it_and_nothing_of_it_takes_effect()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Clusters.Drift =
        [
            new(
                "StatefulSet/orders-1",
                "spec.replicas",
                DriftClass.Drift,
                "1",
                "0",
                new("kubectl", "Update", new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)),
                Reverts: true,
                "reverted"
            ),
            new(
                "Service/orders-client",
                "metadata.labels[team]",
                DriftClass.Drift,
                "db",
                "</details> @everyone | [x](http://evil.example)\u202e",
                null,
                Reverts: true,
                "reverted"
            ),
        ];
        var head = repository.Propose(7, files: (File, ReviewedRepository.Document(5)));

        await repository.PassAsync();

        Golden(repository, 7, head, "drift-found.md");
    }

    [GitHubFact]
    public async Task Drift_is_live_state_and_not_shown_to_the_author_of_a_fork()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Clusters.Drift =
        [
            new("StatefulSet/orders-1", "spec.replicas", DriftClass.Drift, "1", "0", null, Reverts: true, "reverted"),
        ];
        repository.Propose(7, "mallory", fork: true, (File, ReviewedRepository.Document(5)));

        await repository.PassAsync();

        Assert.DoesNotContain("replicas", repository.Comment(7), StringComparison.Ordinal);
    }

    [GitHubFact]
    public async Task It_is_planned_in_the_mode_of_its_repository()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Mode = DriftMode.Report;
        repository.Forget();
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));

        await repository.PassAsync();

        Assert.Equal(DriftMode.Report, repository.Clusters.Source!.Mode);
    }

    [GitHubFact]
    public async Task What_cannot_be_done_now_waits()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Clusters.Live[Scene.Orders] = Scene
            .Running(3)
            .With(1, member => member.Silent(true))
            .With(2, member => member.Silent(true));
        var head = repository.Propose(7, files: (File, ReviewedRepository.Document(5)));

        await repository.PassAsync();

        Assert.Equal("pending", Assert.Single(repository.Forge.Statuses).State);
        Golden(repository, 7, head, "two-silent.md");
    }

    [GitHubFact]
    public async Task What_a_rule_forbids_is_red_and_says_the_way_out()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        var head = repository.Propose(
            7,
            files: (File, ReviewedRepository.Document(3).Replace("3.5.16", "3.7.0", StringComparison.Ordinal))
        );

        await repository.PassAsync();

        Assert.Equal("failure", Assert.Single(repository.Forge.Statuses).State);
        Golden(repository, 7, head, "two-minors-at-once.md");
    }

    [GitHubFact]
    public async Task A_version_and_a_size_at_once_are_one_ordered_plan()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        var head = repository.Propose(
            7,
            files: (File, ReviewedRepository.Document(5).Replace("3.5.16", "3.5.30", StringComparison.Ordinal))
        );

        await repository.PassAsync();

        Golden(repository, 7, head, "version-and-size-at-once.md");
    }

    [GitHubFact]
    public async Task A_document_that_goes_leaves_its_cluster_running_and_the_comment_says_so()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        var head = repository.Propose(7, files: [(File, null), ("clusters/other.yaml", ReviewedRepository.Document(3, "other"))]);

        await repository.PassAsync();

        Golden(repository, 7, head, "removed-and-added.md");
    }

    [GitHubFact]
    public async Task A_conflict_is_said_with_its_files_and_is_red()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        var head = repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        repository.Git.Commit("Meanwhile", (File, ReviewedRepository.Document(7)));
        await repository.FollowAsync();

        await repository.PassAsync();

        Assert.Equal("failure", Assert.Single(repository.Forge.Statuses).State);
        Golden(repository, 7, head, "conflict.md");
    }

    [GitHubFact]
    public async Task A_pull_request_that_changes_no_cluster_is_green_and_gets_no_comment()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Propose(7, files: ("README.md", "Words"));

        await repository.PassAsync();

        Assert.Equal(
            ("success", "No cluster is changed"),
            (repository.Forge.Statuses.Single().State, repository.Forge.Statuses.Single().Description)
        );
        Assert.Empty(repository.Forge.Comments);
    }

    [GitHubFact]
    public async Task A_change_merged_with_what_the_target_got_meanwhile_is_planned_as_the_merge_and_not_as_the_branch()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));
        repository.Git.Commit("Meanwhile", ("clusters/other.yaml", ReviewedRepository.Document(3, "other")));
        await repository.FollowAsync();

        await repository.PassAsync();

        // The branch lacks the other cluster, the merge does not: it is not taken for one that goes.
        Assert.DoesNotContain("other", repository.Comment(7), StringComparison.Ordinal);
        Assert.Contains("1 of 2 clusters", repository.Comment(7), StringComparison.Ordinal);
    }

    [GitHubFact]
    public async Task A_fork_gets_validation_and_the_document_diff_and_no_look_at_live_state()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        var head = repository.Propose(7, author: "stranger", fork: true, files: (File, ReviewedRepository.Document(5)));

        await repository.PassAsync();

        Assert.Equal(0, repository.Clusters.Plans);
        Assert.Equal("pending", Assert.Single(repository.Forge.Statuses).State);
        Golden(repository, 7, head, "fork.md");
    }

    [GitHubFact]
    public async Task An_author_whom_the_configuration_does_not_name_sees_no_live_state_and_one_whom_it_names_does()
    {
        await using var repository = await ReviewedRepository.StartAsync(trusted: "alice");
        repository.Propose(7, author: "mallory", files: (File, ReviewedRepository.Document(5)));
        repository.Propose(8, author: "Alice", files: (File, ReviewedRepository.Document(7)));

        await repository.PassAsync();

        Assert.DoesNotContain("learner", repository.Comment(7), StringComparison.Ordinal);
        Assert.Contains("learner", repository.Comment(8), StringComparison.Ordinal);
        Assert.Equal(1, repository.Clusters.Plans);
    }

    [GitHubFact]
    public async Task Nothing_that_a_document_says_takes_effect_in_the_comment()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        const string evil = "@everyone ``` </details> <img src=x> <!-- gitops-operator:v1 id=default --> | cell |";
        var hostile = $"""
              annotations:
                note: "{evil} https://evil.example www.evil.example #1"
            """;
        var document = ReviewedRepository.Document(5).Replace("  name: orders", "  name: orders\n" + hostile, StringComparison.Ordinal);
        var head = repository.Propose(7, files: [(File, document), ("clusters/@root `x` <b>.yaml", "kind: [\"\u202e\"")]);
        var valid = repository.Propose(8, files: (File, document));

        await repository.PassAsync();

        Golden(repository, 8, valid, "hostile-value.md");
        var comment = repository.Comment(7) + repository.Comment(8);
        Assert.DoesNotContain("<!--", comment, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", comment, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", comment, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", comment, StringComparison.Ordinal);
        Assert.DoesNotContain("@everyone", comment, StringComparison.Ordinal);
        Assert.DoesNotContain("@root", comment, StringComparison.Ordinal);
        Assert.DoesNotContain("```", comment, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", comment, StringComparison.Ordinal);
        Assert.Equal(comment.Split("<details>").Length, comment.Split("</details>").Length);
        Golden(repository, 7, head, "hostile.md");
    }

    [GitHubFact]
    public async Task A_symbolic_link_in_a_proposal_is_a_finding_and_is_not_followed()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        System.IO.File.CreateSymbolicLink(Path.Combine(repository.Git.Work, "clusters", "link.yaml"), repository.TokenFile);
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));

        await repository.PassAsync();

        Assert.Equal("failure", Assert.Single(repository.Forge.Statuses).State);
        Assert.Contains("clusters/link.yaml:1:1 a symbolic link is not followed", repository.Comment(7), StringComparison.Ordinal);
    }

    [GitHubFact]
    public async Task A_comment_that_would_be_too_long_shows_the_gravest_and_says_how_much_it_leaves_out()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        var many = Enumerable.Range(0, 200).Select(i => ($"clusters/c{i:000}.yaml", (string?)ReviewedRepository.Document(3, $"c{i:000}")));
        repository.Propose(7, files: [(File, ReviewedRepository.Document(1)), .. many]);

        await repository.PassAsync();

        var comment = Assert.Single(repository.Forge.CommentsBy(GitHubStandIn.Login, 7))["body"]!.GetValue<string>();
        Assert.InRange(comment.Length, 50_000, 65_536);
        Assert.Contains("of 201 clusters are left out", comment, StringComparison.Ordinal);
        Assert.True(comment.IndexOf("etcd/orders", StringComparison.Ordinal) < comment.IndexOf("etcd/c000", StringComparison.Ordinal));
        Assert.Equal(comment.Split("<details>").Length, comment.Split("</details>").Length);
    }

    [GitHubFact]
    public async Task Live_state_that_cannot_be_seen_makes_the_review_wait_and_shows_no_exception()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Clusters.BeforePlan = () => throw new InvalidOperationException("canary-in-an-exception");
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));

        await repository.PassAsync();

        Assert.Equal("pending", Assert.Single(repository.Forge.Statuses).State);
        Assert.DoesNotContain("canary", repository.Comment(7), StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException", repository.Comment(7), StringComparison.Ordinal);
    }

    [GitHubFact]
    public async Task Findings_that_the_target_has_already_are_counted_and_do_not_make_the_pull_request_red()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        repository.Git.Commit("Broken before", ("clusters/old.yaml", ReviewedRepository.Document(0, "old")));
        await repository.FollowAsync();
        repository.Propose(7, files: (File, ReviewedRepository.Document(5)));

        await repository.PassAsync();

        Assert.Equal("success", Assert.Single(repository.Forge.Statuses).State);
        Assert.Contains("1 finding that the target branch has already", repository.Comment(7), StringComparison.Ordinal);
    }

    private static string Upgraded(int size, string version) =>
        ReviewedRepository.Document(size).Replace("3.5.16", version, StringComparison.Ordinal);

    private static void Golden(ReviewedRepository repository, int number, string head, string file) =>
        GoldenComments.Matches(file, repository.Comment(number).Replace(head[..8], "HEAD", StringComparison.Ordinal));
}
