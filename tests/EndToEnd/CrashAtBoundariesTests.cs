namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>The operator is killed at every write of each change, before and after it (<see cref="BoundaryWalk"/>).</summary>
public sealed class CrashAtBoundariesTests
{
    private const string Replace = "replace";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Changes => ["grow", "shrink", "upgrade", Replace];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_comes_to_its_end_wherever_the_operator_is_killed(string change)
    {
        LongTests.Only();
        var how = change == Replace ? ChangeUnderWay.All["idle"] : ChangeUnderWay.All[change];
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        var before = await run.ResizeAsync(how.From, Token);
        await run.StartWriterAsync(Token);

        using var walk = await run.WalkAsync(Token);
        var commit =
            change == Replace
                ? before.Revision
                : await run.CommitAsync(how.To, Binaries.Etcd(how.Upgrades ? Binaries.Newest : Binaries.Newer), Token);
        if (change == Replace)
        {
            await run.WipeAsync("orders-1", Token);
        }

        var after = await walk.UntilAsync(
            token =>
                run.UntilAsync(
                    $"the end of {change}",
                    status =>
                        status.Phase == "Converged"
                        && status.Revision == commit
                        && status.HealthyVoters == how.To
                        && status.Members.Count == how.To
                        && (change != Replace || status.Members.All(member => member.Name != "orders-1")),
                    token
                ),
            Token
        );
        TestContext.Current.TestOutputHelper?.WriteLine($"{change}: {walk.Writes} writes, killed {walk.Kills} times");
        Assert.Equal(2 * walk.Writes, walk.Kills);
        await how.IsDoneAsync(run, after, Token);
        var account = await run.AccountAsync(Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"acknowledged {account.History.Acknowledged}, unknown {account.History.Unknown}, longest pause "
                + $"{account.History.MaxPause()} ms"
        );
        Assert.Empty(account.History.Lost(account.Stored));
    }
}
