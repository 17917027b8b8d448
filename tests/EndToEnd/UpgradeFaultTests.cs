using GitOpsOperator.Sandbox.Api;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>What goes wrong in the middle of a change of version does not stop it, and costs no acknowledged write.</summary>
public sealed class UpgradeFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task The_operator_killed_before_the_snapshot_is_taken() =>
        UpgradedAsync((run, commit) => KilledAtAsync(run, commit, HoldPoint.Before, "pods/orders-snapshot"));

    [Fact]
    public Task The_operator_killed_between_the_template_and_the_pod_of_a_member() =>
        UpgradedAsync((run, commit) => KilledAtAsync(run, commit, HoldPoint.After, "statefulsets/orders-1"));

    [Fact]
    public Task A_member_killed_while_another_is_restarted() =>
        UpgradedAsync(
            async (run, commit) =>
            {
                var restarting = run.UntilHeardAsync(": restart orders-1 with " + Binaries.Etcd(Binaries.Newest), Token);
                await commit();
                await restarting;
                await run.KillAsync("orders-2", Token);
            }
        );

    private static async Task KilledAtAsync(EtcdRun run, Func<Task> commit, HoldPoint point, string resource)
    {
        using var hold = await run.HoldAsync(point, resource, Token);
        await commit();
        await hold.UntilHeldAsync(Token);
        await run.KillOperatorAsync();
        hold.Dispose();
        run.StartOperator();
    }

    private static async Task UpgradedAsync(Func<EtcdRun, Func<Task>, Task> disturbAsync)
    {
        LongTests.Only();
        var @new = Binaries.Etcd(Binaries.Newest);
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        await run.ResizeAsync(3, Token);
        await run.StartWriterAsync(Token);
        var listed = await run.MembersAsync(Token);

        string? desired = null;
        await disturbAsync(run, async () => desired ??= await run.CommitAsync(3, @new, Token));
        var status = await run.ConvergedAsync(desired!, 3, Token);

        Assert.Equal(listed, await run.MembersAsync(Token));
        Assert.All(await run.VersionsAsync(status.Members.Select(member => member.Name), Token), version => Assert.Equal(@new, version));
        Assert.Contains(
            "nothing: live state matches the desired state",
            await run.OperatorAsync(["explain", "etcd/orders"], Token),
            StringComparison.Ordinal
        );
        var account = await run.AccountAsync(Token);
        Assert.Empty(account.History.Lost(account.Stored));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"acknowledged {account.History.Acknowledged}, unknown {account.History.Unknown}, disturbed upgrade: longest pause "
                + $"{account.History.MaxPause()} ms"
        );
    }
}
