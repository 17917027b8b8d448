using System.Text.Json;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.TestKit.GitHub;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// A pull request from its opening to the result, by the operator's own process: real git, real etcd, and a stand-in of GitHub that is
/// held to GitHub's published description.
/// </summary>
public sealed class PullRequestTests
{
    private const int Grow = 7;
    private const int Nothing = 8;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);

    [GitHubFact(Timeout = 600_000)]
    public async Task A_size_is_reviewed_merged_carried_out_and_told_in_one_comment()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var forge = await GitHubStandIn.StartAsync();
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), cancellationToken, forge: forge);
        await run.ResizeAsync(3, cancellationToken);

        var grow = await run.ProposeSizeAsync(Grow, 5, cancellationToken);
        forge.Open(Grow, grow);
        var nothing = await run.ProposeSizeAsync(Nothing, 0, cancellationToken);
        forge.Open(Nothing, nothing);

        await CommentAsync(forge, Grow, "add member orders-3 as a learner", cancellationToken);
        await CommentAsync(forge, Nothing, "clusters/orders.yaml:6", cancellationToken);
        await EventuallyAsync("both statuses", () => forge.Statuses.Count >= 2, () => string.Join('\n', forge.Requests), cancellationToken);
        Assert.Equal("success", forge.Statuses.Last(status => status.Commit == grow).State);
        Assert.Equal("failure", forge.Statuses.Last(status => status.Commit == nothing).State);

        var merge = await run.MergeAsync(Grow, cancellationToken);
        forge.Merge(Grow, merge);
        await CommentAsync(forge, Grow, "In progress", cancellationToken);
        await run.ConvergedAsync(grow, 5, cancellationToken);
        await CommentAsync(forge, Grow, "**Done:", cancellationToken);

        Assert.Single(forge.CommentsBy(GitHubStandIn.Login, Grow));
        Assert.Single(forge.CommentsBy(GitHubStandIn.Login, Nothing));
        Assert.Equal(5, (await run.MembersAsync(cancellationToken)).Count(member => member is { Started: true, IsLearner: false }));
        Assert.Empty(forge.Faults);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{forge.Requests.Count} requests, "
                + $"{forge.Requests.Count(request => request.EndsWith(" 304", StringComparison.Ordinal))} of them unchanged"
        );
    }

    /// <summary>
    /// A member loses its data when nobody can be told any more, and the change is merged on the word of a plan that is no longer true. Two
    /// writes are held, so that the merge is read before the member is replaced, and the operator is killed while it is.
    /// </summary>
    [GitHubFact(Timeout = 600_000)]
    public async Task A_change_whose_cluster_is_worse_than_reviewed_waits_until_it_is_mended_even_by_another_life_of_the_operator()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var forge = await GitHubStandIn.StartAsync();
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), cancellationToken, forge: forge);
        await run.ResizeAsync(3, cancellationToken);
        await run.StartWriterAsync(cancellationToken);
        forge.Open(Grow, await run.ProposeSizeAsync(Grow, 5, cancellationToken));
        await CommentAsync(forge, Grow, "add member orders-3 as a learner", cancellationToken);

        forge.Before = _ => new(503, """{"message":"away"}""", new() { ["Retry-After"] = "1" });
        using var replacing = await run.HoldAsync(HoldPoint.Before, "configmaps/orders-record", cancellationToken);
        await run.WipeAsync("orders-1", cancellationToken);
        await replacing.UntilHeldAsync(cancellationToken);
        var merge = await run.MergeAsync(Grow, cancellationToken);
        forge.Merge(Grow, merge);
        await EventuallyAsync(
            "the merge read",
            () => run.Lines.Any(line => line.Contains($"revision {merge}", StringComparison.Ordinal)),
            () => string.Join('\n', run.Lines),
            cancellationToken
        );

        using var starting = await run.HoldAsync(HoldPoint.Before, "statefulsets/orders-3", cancellationToken);
        replacing.Dispose();
        await starting.UntilHeldAsync(cancellationToken);
        forge.Before = _ => null;
        await CommentAsync(forge, Grow, "is worse off than when it was reviewed, and waits [worse-than-reviewed]", cancellationToken);
        var record = await run.KubectlAsync(
            ["get", "configmap", "orders-record", "-o", @"jsonpath={.data.record\.json}"],
            cancellationToken
        );
        using (var json = JsonDocument.Parse(record))
        {
            var held = json.RootElement.GetProperty("Record");
            Assert.Equal(3, held.GetProperty("Accepted").GetProperty("Spec").GetProperty("Size").GetInt32());
            Assert.Equal(5, held.GetProperty("Held").GetProperty("Spec").GetProperty("Size").GetInt32());
        }

        await run.KillOperatorAsync();
        starting.Dispose();
        run.StartOperator();
        await run.UntilAsync(
            "five members, one of them in place of the lost",
            status => status is { Phase: "Converged", HealthyVoters: 5, Blocked: null },
            cancellationToken
        );
        await CommentAsync(forge, Grow, "**Done:", cancellationToken);

        Assert.Empty(forge.Faults);
        var account = await run.AccountAsync(cancellationToken);
        Assert.Empty(account.History.Lost(account.Stored));
        Assert.True(account.History.Acknowledged >= 200, $"only {account.History.Acknowledged} writes were acknowledged");
    }

    /// <summary>Waits until the operator's comment on a pull request holds these words.</summary>
    private static Task CommentAsync(GitHubStandIn forge, int number, string words, CancellationToken cancellationToken)
    {
        return EventuallyAsync(
            $"a comment on #{number} with '{words}'",
            () => Text().Contains(words, StringComparison.Ordinal),
            () => $"{Text()}\n{string.Join('\n', forge.Requests.TakeLast(20))}\n{string.Join('\n', forge.Faults)}",
            cancellationToken
        );

        string Text() =>
            string.Concat(forge.CommentsBy(GitHubStandIn.Login, number).Select(comment => comment["body"]!.GetValue<string>()));
    }

    private static async Task EventuallyAsync(string expected, Func<bool> holds, Func<string> seen, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline);
        try
        {
            while (!holds())
            {
                await Task.Delay(50, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"There is not {expected} after {Deadline}:\n{seen()}");
        }
    }
}
