using System.Diagnostics;
using GitOpsOperator.Demo.Environments;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// The operator, in a pod, is cut off from the API server or from members, while clients reach them as ever. It does nothing that it would
/// regret, and goes on where it was once it is connected again.
/// </summary>
public sealed class OperatorCutOffTests
{
    private const string ApiServer = "10.128.0.1:6443";

    /// <summary>Whatever address a member has, or will have after a restart.</summary>
    private const string Members = "10.128.0.0/16:2379";

    /// <summary>Longer than a leader may act without having renewed its lease.</summary>
    private static readonly TimeSpan Unrenewed = TimeSpan.FromSeconds(15);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_that_only_the_operator_cannot_reach_is_left_alone()
    {
        LongTests.Only();
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newest), Token, inPod: true);
        var before = await run.ResizeAsync(3, Token);
        await run.StartWriterAsync(Token);
        var (identities, members) = (await run.IdentitiesAsync(Token), await run.MembersAsync(Token));

        var leader = before.Members.Single(member => member.Role == "leader").Name;
        await run.CutOperatorAsync(await run.AddressAsync(leader, Token), Token);
        var said = await run.FileUntilAsync(
            EtcdRun.StatusPath,
            "a member out of reach",
            text => text.Contains("member-out-of-reach", StringComparison.Ordinal),
            Token
        );
        Assert.Contains($"{leader} does not answer this operator, and the kubelet finds it ready", said, StringComparison.Ordinal);

        await run.HealOperatorAsync(Token);
        await run.ConvergedAsync(before.Revision, 3, Token);
        Assert.Equal(identities, await run.IdentitiesAsync(Token));
        Assert.Equal(members, await run.MembersAsync(Token));
        await NothingIsLostAsync(run);
    }

    public static IEnumerable<TheoryDataRow<string, string>> Cases =>
        from cut in (string[])["API server", "members"]
        from change in ChangeUnderWay.All.Keys
        select new TheoryDataRow<string, string>(cut, change);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_was_begun_is_finished_once_the_operator_is_connected_again(string from, string change)
    {
        LongTests.Only();
        var how = ChangeUnderWay.All[change];
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token, inPod: true);
        var before = await run.ResizeAsync(how.From, Token);
        await run.StartWriterAsync(Token);
        var identities = await run.IdentitiesAsync(Token);
        var commit = await how.DisturbAsync(
            run,
            before.Revision,
            () => run.CutOperatorAsync(from == "members" ? Members : ApiServer, Token),
            Token
        );
        var effective = EtcdRun.Now();
        if (from == "members")
        {
            await run.FileUntilAsync(
                EtcdRun.StatusPath,
                "members out of reach",
                text => text.Contains("member-out-of-reach", StringComparison.Ordinal),
                Token
            );
        }
        else
        {
            await UntilUnrenewedAsync(run);
        }

        var meanwhile = await run.IdentitiesAsync(Token);

        // The step that was under way ends by itself; an upgrade's is that this pod is recreated.
        Assert.DoesNotContain(
            identities.Except(meanwhile),
            gone => !(how.Upgrades && gone.StartsWith($"Pod/{how.Held!.Split('/')[1]}-", StringComparison.Ordinal))
        );
        await run.HealOperatorAsync(Token);
        var healed = EtcdRun.Now();
        var after = await run.ConvergedAsync(commit, how.To, Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"cut off from {from} during {change}: in effect at {effective}, healed at {healed}, the change was over by {EtcdRun.Now()}"
        );
        await how.IsDoneAsync(run, after, Token);
        if (change == "idle")
        {
            Assert.Equal(identities, await run.IdentitiesAsync(Token));
        }

        await NothingIsLostAsync(run);
    }

    /// <summary>By the API server's word: the lease is as it was for longer than its holder may act.</summary>
    private static async Task UntilUnrenewedAsync(EtcdRun run)
    {
        var (seen, since) = ("", Stopwatch.StartNew());
        while (since.Elapsed < Unrenewed)
        {
            var lease = await run.KubectlAsync(
                ["-n", OperatorAccess.Namespace, "get", "lease", "gitops-operator-default", "-o", "jsonpath={.spec.renewTime}"],
                Token
            );
            if (lease != seen)
            {
                (seen, since) = (lease, Stopwatch.StartNew());
            }

            await Task.Delay(500, Token);
        }
    }

    private static async Task NothingIsLostAsync(EtcdRun run)
    {
        var account = await run.AccountAsync(Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"acknowledged {account.History.Acknowledged}, unknown {account.History.Unknown}, longest pause "
                + $"{account.History.MaxPause()} ms"
        );
        Assert.Empty(account.History.Lost(account.Stored));
    }
}
