namespace GitOpsOperator.Forge.Tests;

/// <summary>What a pull request gets: one comment and one commit status.</summary>
public sealed class ReviewTests
{
    [GitHubFact]
    public async Task A_pull_request_that_grows_a_cluster_gets_one_comment_with_the_plan_and_a_green_status()
    {
        await using var repository = await ReviewedRepository.StartAsync();
        var head = repository.Propose(7, files: (ReviewedRepository.File, ReviewedRepository.Document(5)));

        await repository.PassAsync();

        var status = Assert.Single(repository.Forge.Statuses);
        Assert.Equal((head, "success", "gitops-operator/default/clusters"), (status.Commit, status.State, status.Context));
        Checkout.Matches("grow-3-to-5.md", repository.Comment(7).Replace(head[..8], "HEAD", StringComparison.Ordinal));
    }
}
