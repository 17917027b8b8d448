namespace GitOpsOperator.EndToEnd.Tests;

public sealed class ResizeTests
{
    /// <summary>A move is told when it is done; it is over within this time.</summary>
    private const int MoveMilliseconds = 500;

    [Theory]
    [InlineData(Binaries.Newer)]
    [InlineData(Binaries.Old)]
    [InlineData(Binaries.Newest)]
    public async Task Sizes_follow_commits_and_no_acknowledged_write_is_lost(string role)
    {
        LongTests.OnlyUnless(role == Binaries.Newest);
        int[] sizes = LongTests.Chosen ? [3, 5, 3, 1] : [3, 1];
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(role), cancellationToken);

        await run.ResizeAsync(1, cancellationToken);
        await run.StartWriterAsync(cancellationToken);
        var (before, shrinks) = (1, 0);
        foreach (var size in sizes)
        {
            if (size < before)
            {
                // The victim of a shrink is the highest index: leading, it has to hand over first.
                await run.MoveLeaderToLastAsync(cancellationToken);
                shrinks++;
            }

            var status = await run.ResizeAsync(size, cancellationToken);
            before = size;
            Assert.All(status.Members, member => Assert.True(member.Healthy, $"{member.Name} is not healthy at size {size}"));
        }

        var account = await run.AccountAsync(cancellationToken);
        Assert.Empty(account.History.Lost(account.Stored));
        Assert.True(account.History.Acknowledged >= 200, $"only {account.History.Acknowledged} writes were acknowledged");
        Assert.True(run.TimesOf("move leadership").Count >= shrinks, "the operator did not move leadership before each shrinking");
        Assert.All(
            run.TimesOf("move leadership"),
            at => Assert.True(account.History.InFlightBetween(at - MoveMilliseconds, at), "no write was in flight while leadership moved")
        );
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"acknowledged {account.History.Acknowledged}, unknown {account.History.Unknown}, longest pause "
                + $"{account.History.MaxPause()} ms, leader moves {run.TimesOf("move leadership").Count}"
        );
    }

    [Fact]
    public async Task A_lost_write_would_be_noticed()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), cancellationToken);
        await run.ResizeAsync(1, cancellationToken);
        await run.StartWriterAsync(cancellationToken);

        var before = await run.AccountAsync(cancellationToken);
        Assert.Empty(before.History.Lost(before.Stored));

        var victim = before.History.AcknowledgedNumbers.First();
        await run.EtcdctlAsync(["del", Sandbox.History.PutHistory.KeyOf(victim)], cancellationToken);
        Assert.Equal([victim], before.History.Lost(await run.StoredAsync(cancellationToken)));
    }
}
