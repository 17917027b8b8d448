using System.Text.Json;
using System.Text.RegularExpressions;
using GitOpsOperator.Sandbox.Api;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// The operator is killed with SIGKILL while it waits for the answer of one certain write, so that it is killed between two steps and
/// not somewhere near. Every test first asks etcd and Kubernetes themselves that the step before has taken effect and the next has not.
/// </summary>
public sealed partial class OperatorKilledTests
{
    private const string Record = "configmaps/orders-record";
    private const string Boot = "configmaps/orders-3-boot";
    private const string StatefulSet = "statefulsets/orders-3";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Killed_after_the_record_says_that_a_member_joins_it_adds_exactly_two_members() =>
        KilledAsync(
            async (run, commit) =>
            {
                // The commit is accepted in the record first, which is a write of its own.
                while (true)
                {
                    using var hold = await run.HoldAsync(HoldPoint.After, Record, Token);
                    await commit();
                    await hold.UntilHeldAsync(Token);
                    using var record = JsonDocument.Parse(
                        await run.KubectlAsync(["get", "configmap", "orders-record", "-o", @"jsonpath={.data.record\.json}"], Token)
                    );
                    var intent = record.RootElement.GetProperty("Record").GetProperty("Intent");
                    if (intent.ValueKind == JsonValueKind.Object)
                    {
                        Assert.Equal(3, intent.GetProperty("Index").GetInt32());
                        Assert.Equal(3, (await run.MembersAsync(Token)).Count);
                        await run.KillOperatorAsync();
                        return intent.GetRawText().ReplaceLineEndings(" ");
                    }
                }
            }
        );

    [Fact]
    public Task Killed_after_a_member_was_added_it_adds_exactly_two_members() =>
        KilledAsync(
            async (run, commit) =>
            {
                using var hold = await run.HoldAsync(HoldPoint.Before, Boot, Token);
                await commit();
                await hold.UntilHeldAsync(Token);
                var added = Assert.Single(await run.MembersAsync(Token), member => member.IsLearner);
                Assert.False(added.Started);
                Assert.DoesNotContain(
                    "orders-3",
                    await run.KubectlAsync(["get", "statefulsets", "-o", "name"], Token),
                    StringComparison.Ordinal
                );
                await run.KillOperatorAsync();
                return added.ToString();
            }
        );

    [Fact]
    public Task Killed_after_a_members_StatefulSet_was_created_it_adds_exactly_two_members() =>
        KilledAsync(
            async (run, commit) =>
            {
                using var hold = await run.HoldAsync(HoldPoint.After, StatefulSet, Token);
                await commit();
                await hold.UntilHeldAsync(Token);
                var created = await run.KubectlAsync(
                    ["get", "statefulset", "orders-3", "-o", "jsonpath={.metadata.name} of generation {.metadata.generation}"],
                    Token
                );
                Assert.Single(await run.MembersAsync(Token), member => member.IsLearner);
                await run.KillOperatorAsync();
                return created;
            }
        );

    [Fact]
    public Task Killed_before_a_learner_is_promoted_it_adds_exactly_two_members() =>
        KilledAsync(
            async (run, commit) =>
            {
                using var hold = await run.HoldAsync(HoldPoint.After, Boot, Token);
                await commit();
                await hold.UntilHeldAsync(Token);

                // The seal is the next write of the same object, and the last before the promote; the learner catches up while it stands
                // still.
                using var seal = await run.HoldAsync(HoldPoint.After, Boot, Token);
                hold.Dispose();
                await seal.UntilHeldAsync(Token);
                await run.UntilCaughtUpAsync("orders-3", Token);
                var learner = Assert.Single(await run.MembersAsync(Token), member => member.IsLearner);
                Assert.True(learner.Started);
                await run.KillOperatorAsync();
                return $"{learner}, caught up";
            }
        );

    private static async Task KilledAsync(Func<EtcdRun, Func<Task>, Task<string>> killAsync)
    {
        LongTests.Only();
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        await run.ResizeAsync(3, Token);
        await run.StartWriterAsync(Token);
        var before = await AddsAsync(run);

        string? commit = null;
        var at = await killAsync(run, async () => commit ??= await run.CommitSizeAsync(5, Token));
        TestContext.Current.TestOutputHelper?.WriteLine($"killed at: {at}");
        run.StartOperator();
        var status = await run.ConvergedAsync(commit!, 5, Token);

        Assert.Equal(["orders-0", "orders-1", "orders-2", "orders-3", "orders-4"], status.Members.Select(member => member.Name).Order());
        Assert.Equal(2, await AddsAsync(run) - before);
        var account = await run.AccountAsync(Token);
        Assert.Empty(account.History.Lost(account.Stored));
        Assert.True(account.History.Acknowledged >= 200, $"only {account.History.Acknowledged} writes were acknowledged");
    }

    /// <summary>Learners that were ever added, by the changes that the seed says it has applied through raft.</summary>
    private static async Task<int> AddsAsync(EtcdRun run) => AddedLearner().Count(await run.LogAsync("orders-0", Token));

    [GeneratedRegex("\"raft-conf-change\":\"ConfChangeAddLearnerNode\"")]
    private static partial Regex AddedLearner();
}
