namespace GitOpsOperator.EndToEnd.Tests;

public sealed class MemberFaultTests
{
    [Fact]
    public async Task A_killed_member_comes_back_as_itself()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), cancellationToken);
        await run.ResizeAsync(3, cancellationToken);
        await run.StartWriterAsync(cancellationToken);
        var members = await run.EtcdctlAsync(["member", "list"], cancellationToken);

        var killing = EtcdRun.Now();
        await run.KillAsync("orders-1", cancellationToken);
        var killed = EtcdRun.Now();
        await run.UntilRestartedAsync("orders-1", cancellationToken);
        await run.UntilAsync("orders-1 back", status => status.Phase == "Converged" && status.HealthyVoters == 3, cancellationToken);

        Assert.Equal(members, await run.EtcdctlAsync(["member", "list"], cancellationToken));
        var account = await run.AccountAsync(cancellationToken);
        Assert.Empty(account.History.Lost(account.Stored));
        Assert.True(account.History.InFlightBetween(killing, killed), "no write was in flight when the member was killed");
    }

    [Theory]
    [InlineData(Binaries.Newer, 1)]
    [InlineData(Binaries.Newer, 0)]
    [InlineData(Binaries.Old, 0)]
    [InlineData(Binaries.Newest, 0)]
    public async Task A_wiped_member_is_replaced_by_one_with_a_new_index(string role, int index)
    {
        LongTests.OnlyUnless(role == Binaries.Newest);
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(role), cancellationToken);
        await run.ResizeAsync(3, cancellationToken);
        await run.StartWriterAsync(cancellationToken);
        var victim = $"orders-{index}";

        var wiping = EtcdRun.Now();
        await run.WipeAsync(victim, cancellationToken);
        var wiped = EtcdRun.Now();
        var status = await run.UntilAsync(
            $"{victim} replaced",
            status => status.Phase == "Converged" && status.HealthyVoters == 3 && status.Members.Any(member => member.Name == "orders-3"),
            cancellationToken
        );

        Assert.DoesNotContain(status.Members, member => member.Name == victim);
        var account = await run.AccountAsync(cancellationToken);
        Assert.Empty(account.History.Lost(account.Stored));
        Assert.True(account.History.Acknowledged >= 200, $"only {account.History.Acknowledged} writes were acknowledged");
        Assert.True(account.History.InFlightBetween(wiping, wiped), "no write was in flight when the member was wiped");
    }
}
