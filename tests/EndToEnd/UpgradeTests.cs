using System.Text.RegularExpressions;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>Real members of one version become members of another while a client writes.</summary>
public sealed partial class UpgradeTests
{
    /// <summary>
    /// Two election timeouts of etcd's default, which is how long its own recovery from a lost leader may take. Nobody loses one here;
    /// clients of the restarted member have to find another, and the machine may be busy.
    /// </summary>
    private const long MaxPauseMilliseconds = 2 * 1000;

    [Theory]
    [InlineData(Binaries.Old, Binaries.Newer, 1)]
    [InlineData(Binaries.Old, Binaries.Newer, 3)]
    [InlineData(Binaries.Newer, Binaries.Newest, 1)]
    [InlineData(Binaries.Newer, Binaries.Newest, 3)]
    [InlineData(Binaries.Old, Binaries.Newest, 5)]
    [InlineData(Binaries.Newer, Binaries.Newest, 5)]
    public async Task Members_are_restarted_one_by_one_the_leader_last_and_no_acknowledged_write_is_lost(string from, string to, int size)
    {
        LongTests.OnlyUnless(from == Binaries.Old && size == 3);
        var cancellationToken = TestContext.Current.CancellationToken;
        var (old, @new) = (Binaries.Etcd(from), Binaries.Etcd(to));
        await using var run = await EtcdRun.StartAsync(old, cancellationToken);
        var before = await run.ResizeAsync(size, cancellationToken);
        await run.StartWriterAsync(cancellationToken);
        var names = before.Members.Select(member => member.Name).Order().ToArray();
        Assert.Equal(
            size switch
            {
                1 => [1],
                3 => [1, 1, 1],
                _ => [1, 2, 2],
            },
            await run.MembersByNodeAsync(names, cancellationToken)
        );
        var listed = await run.MembersAsync(cancellationToken);
        Assert.All(await run.VersionsAsync(names, cancellationToken), version => Assert.Equal(old, version));
        var leader = before.Members.Single(member => member.Role == "leader").Name;

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(run, names, over.Token);
        var after = await run.ConvergedAsync(await run.CommitAsync(size, @new, cancellationToken), size, cancellationToken);
        await over.CancelAsync();
        var changes = await watching;

        Assert.All(await run.VersionsAsync(names, cancellationToken), version => Assert.Equal(@new, version));
        Assert.Equal(listed, await run.MembersAsync(cancellationToken));
        Assert.Equal(names, after.Members.Select(member => member.Name).Order());
        var kept = Assert.Single(after.Conditions, condition => condition.Type == "SnapshotKept").Message.Split(' ')[0];
        Assert.True(await run.RevisionOfSnapshotAsync(kept, old, cancellationToken) > 1, "the snapshot holds nothing");
        Assert.Equal(leader, Restarts(run).Last());
        Assert.Equal(names, Restarts(run).Order());
        var account = await run.AccountAsync(cancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"acknowledged {account.History.Acknowledged}, unknown {account.History.Unknown}, {old} to {@new}, size {size}: "
                + $"longest pause {account.History.MaxPause()} ms, elections {changes.Elections()} in {changes.Looks} looks"
        );
        Assert.Empty(account.History.Lost(account.Stored));
        Assert.True(
            account.History.Acknowledged >= (size == 1 ? 20 : 200),
            $"only {account.History.Acknowledged} writes were acknowledged"
        );
        if (size >= 3)
        {
            // The one is the hand-over before the leader's own restart.
            Assert.Single(run.Lines, line => HandOver().IsMatch(line));
            Assert.Equal(1, changes.Elections());
            Assert.True(
                account.History.MaxPause() <= MaxPauseMilliseconds,
                $"no write was acknowledged for {account.History.MaxPause()} ms"
            );
        }
    }

    /// <summary>The members in the order in which the operator restarted them.</summary>
    private static IEnumerable<string> Restarts(EtcdRun run) =>
        run.Lines.Select(line => Restart().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct();

    private static async Task<LeaderChanges> WatchAsync(EtcdRun run, IReadOnlyList<string> members, CancellationToken cancellationToken)
    {
        var changes = new LeaderChanges();
        try
        {
            while (true)
            {
                changes.Add(await run.MetricsAsync(members, cancellationToken));
                await Task.Delay(250, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return changes;
        }
    }

    [GeneratedRegex("orders: move leadership from orders-[0-9]+ to orders-[0-9]+$")]
    private static partial Regex HandOver();

    [GeneratedRegex("restart (orders-[0-9]+) with [0-9.]+(?!.*not yet)")]
    private static partial Regex Restart();
}
