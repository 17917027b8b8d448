using System.Text.RegularExpressions;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// A node is lost with the member that it runs, in the middle of each kind of change and of none. What the member has stored is on that
/// node, and only people know whether it comes back: nothing of the member is taken away before one of them says so.
/// </summary>
public sealed partial class NodeLostTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Changes => [.. ChangeUnderWay.All.Keys];

    [Fact]
    public async Task Members_are_spread_and_the_one_on_a_lost_node_is_waited_for_until_the_node_is_back()
    {
        LongTests.Only();
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        var before = await run.ResizeAsync(3, Token);
        await run.StartWriterAsync(Token);
        Assert.Equal([1, 1, 1], await run.MembersByNodeAsync(before.Members.Select(member => member.Name), Token));
        var listed = await run.MembersAsync(Token);
        var volumes = await run.VolumesAsync(Token);
        var node = await run.NodeAsync("orders-1", Token);

        var lost = EtcdRun.Now();
        await run.LoseNodeAsync(node, Token);
        var waiting = await run.UntilAsync("a member without its node", status => status.Blocked?.Rule == "member-without-node", Token);
        Assert.StartsWith(
            $"orders-1 does not run: its node {node} has not been ready since ",
            waiting.Blocked!.Reason,
            StringComparison.Ordinal
        );
        Assert.Equal(listed, await run.MembersAsync(Token));
        await run.ReturnNodeAsync(node, Token);
        var account = await IsItselfAgainAsync(run, listed, volumes, "lost and back");
        Assert.True(account.History.InFlightBetween(lost, EtcdRun.Now()), "no write was in flight when the node was lost");
    }

    [Fact]
    public async Task A_drained_node_s_member_waits_for_it_and_no_second_node_can_be_drained_meanwhile()
    {
        LongTests.Only();
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        await run.ResizeAsync(3, Token);
        await run.StartWriterAsync(Token);
        var listed = await run.MembersAsync(Token);
        var volumes = await run.VolumesAsync(Token);
        var (first, second) = (await run.NodeAsync("orders-1", Token), await run.NodeAsync("orders-2", Token));

        var drained = await run.KubectlAsync(["drain", first, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=60s"], Token);
        Assert.Contains("pod/orders-1-0 evicted", drained, StringComparison.Ordinal);
        var refused = await run.TryKubectlAsync(["drain", second, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=8s"], Token);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("violate the pod's disruption budget", refused.Error, StringComparison.Ordinal);
        var waiting = await run.UntilAsync("a member without its node", status => status.Blocked?.Rule == "member-without-node", Token);
        Assert.Contains(
            "orders-1 does not run: no node takes its pod: 0/3 nodes are available: ",
            waiting.Blocked!.Reason,
            StringComparison.Ordinal
        );
        Assert.Contains("volume node affinity conflict", waiting.Blocked.Reason, StringComparison.Ordinal);

        // Beyond the grace period already, it is silent for longer than that once more: its kubelet takes its time.
        await run.SlowStartAsync(first, 45, Token);
        await run.KubectlAsync(["uncordon", first, second], Token);
        await IsItselfAgainAsync(run, listed, volumes, "drained, and slow to start");
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Its_member_is_replaced_once_that_is_approved_and_its_pod_given_up(string change)
    {
        LongTests.Only();
        var how = ChangeUnderWay.All[change];
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        var before = await run.ResizeAsync(how.From, Token);
        await run.StartWriterAsync(Token);
        var victim = how.Victim(before, leader: false);
        var node = await run.NodeAsync(victim, Token);

        var commit = await how.DisturbAsync(run, before.Revision, () => run.LoseNodeAsync(node, Token), Token);
        var lost = EtcdRun.Now();
        var told = await run.UntilAsync(
            "what becomes of the member",
            status => status.Blocked?.Rule is "member-without-node" or "pod-does-not-end",
            Token
        );
        if (told.Blocked!.Rule == "member-without-node")
        {
            Assert.Contains($"data-{victim}-0", await run.VolumesAsync(Token), StringComparison.Ordinal);
            commit = await run.CommitAsync(
                how.To,
                Binaries.Etcd(how.Upgrades ? Binaries.Newest : Binaries.Newer),
                Token,
                annotation: Approval().Match(told.Blocked.Remediation).Value
            );
            told = await run.UntilAsync("a pod that does not end", status => status.Blocked?.Rule == "pod-does-not-end", Token);
        }
        else
        {
            // Whom a shrink takes is somebody's wish already.
            Assert.Equal("shrink", change);
        }

        Assert.Contains($"node {node} does not say that it has", told.Blocked!.Reason, StringComparison.Ordinal);
        Assert.Contains($"data-{victim}-0", await run.VolumesAsync(Token), StringComparison.Ordinal);
        await run.KubectlAsync(["delete", "pod", $"{victim}-0", "--force", "--grace-period=0"], Token);
        var after = await run.UntilAsync(
            $"{victim} replaced",
            status =>
                status.Phase == "Converged"
                && status.Revision == commit
                && status.HealthyVoters == how.To
                && status.Members.All(member => member.Name != victim),
            Token
        );

        await how.IsDoneAsync(run, after, Token);
        Assert.DoesNotContain($"data-{victim}-0", await run.VolumesAsync(Token), StringComparison.Ordinal);
        var account = await run.AccountAsync(Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"node of {victim} lost during {change}: acknowledged {account.History.Acknowledged}, unknown "
                + $"{account.History.Unknown}, longest pause {account.History.MaxPause()} ms"
        );
        Assert.Empty(account.History.Lost(account.Stored));
        Assert.True(account.History.InFlightBetween(lost, EtcdRun.Now()), "no write was in flight when the node was lost");
    }

    /// <summary>Waits for orders-1 to be back as the member that it was, on the volume that it had; no acknowledged write is
    /// lost.</summary>
    private static async Task<EtcdRun.Account> IsItselfAgainAsync(
        EtcdRun run,
        IReadOnlyList<EtcdRun.ListedMember> listed,
        string volumes,
        string what
    )
    {
        await run.UntilAsync("orders-1 again", status => status.Phase == "Converged" && status.HealthyVoters == 3, Token);
        Assert.Equal(listed, await run.MembersAsync(Token));
        Assert.Equal(volumes, await run.VolumesAsync(Token));
        var account = await run.AccountAsync(Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"node of orders-1 {what}: acknowledged {account.History.Acknowledged}, unknown {account.History.Unknown}, longest "
                + $"pause {account.History.MaxPause()} ms"
        );
        Assert.Empty(account.History.Lost(account.Stored));
        return account;
    }

    [GeneratedRegex("gitops-operator.dev/approve: \"[0-9a-f]+\"")]
    private static partial Regex Approval();
}
