namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// A member that is stopped or cut off for a while, in the middle of each kind of change and of none: what was begun is finished once it is
/// back, and no acknowledged write is lost. The API server holds the write of a step that has begun, so the fault is certain to come before
/// the step is over. Long tests, all of them.
/// </summary>
public sealed class DisturbedChangeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static IEnumerable<TheoryDataRow<string, string, bool>> Cases =>
        from fault in (string[])["stop", "partition"]
        from change in ChangeUnderWay.All.Keys
        from leader in (bool[])[true, false]
        select new TheoryDataRow<string, string, bool>(fault, change, leader);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_was_begun_is_finished_once_the_member_is_back(string fault, string change, bool leader)
    {
        LongTests.Only();
        var how = ChangeUnderWay.All[change];
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        var before = await run.ResizeAsync(how.From, Token);
        await run.StartWriterAsync(Token);

        // The step under way is about another member wherever the change is about one that exists.
        var victim = how.Victim(before, leader);

        var commit = await how.DisturbAsync(run, before.Revision, () => run.FaultAsync(fault, victim, Token), Token);
        var effective = EtcdRun.Now();
        await run.UntilAsync(
            $"{victim} does not answer",
            status => status.Members.Any(member => member.Name == victim && !member.Healthy),
            Token
        );
        await run.FaultAsync(fault == "stop" ? "continue" : "heal", victim, Token);
        var healed = EtcdRun.Now();
        var after = await run.ConvergedAsync(commit, how.To, Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{fault} of {victim} during {change}: in effect at {effective}, healed at {healed}, the change was over by {EtcdRun.Now()}"
        );

        await how.IsDoneAsync(run, after, Token);
        var account = await run.AccountAsync(Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"acknowledged {account.History.Acknowledged}, unknown {account.History.Unknown}, longest pause "
                + $"{account.History.MaxPause()} ms"
        );
        Assert.Empty(account.History.Lost(account.Stored));
        Assert.True(account.History.InFlightBetween(effective, healed), "no write was in flight during the fault");
    }

    public static IEnumerable<TheoryDataRow<string, string>> Losses =>
        from fault in (string[])["kill", "wipe"]
        from change in ChangeUnderWay.All.Keys
        select new TheoryDataRow<string, string>(fault, change);

    /// <summary>The leader is killed, and starts again; or a follower loses its data as well, and another member takes its place.</summary>
    [Theory]
    [MemberData(nameof(Losses))]
    public async Task What_was_begun_is_finished_although_a_member_is_killed_or_loses_its_data(string fault, string change)
    {
        LongTests.Only();
        var how = ChangeUnderWay.All[change];
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        var before = await run.ResizeAsync(how.From, Token);
        await run.StartWriterAsync(Token);
        var victim = how.Victim(before, fault == "kill");

        var effective = EtcdRun.Now();
        var commit = await how.DisturbAsync(run, before.Revision, () => run.FaultAsync(fault, victim, Token), Token);
        if (fault == "kill" && change == "idle")
        {
            await run.UntilRestartedAsync(victim, Token);
        }

        var after = await run.UntilAsync(
            $"{how.To} voters, {fault} of {victim}",
            status =>
                status.Phase == "Converged"
                && status.Revision == commit
                && status.HealthyVoters == how.To
                && status.Members.Count == how.To
                && (fault == "kill" || status.Members.All(member => member.Name != victim)),
            Token
        );

        await how.IsDoneAsync(run, after, Token);
        var account = await run.AccountAsync(Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{fault} of {victim} during {change}: acknowledged {account.History.Acknowledged}, unknown "
                + $"{account.History.Unknown}, longest pause {account.History.MaxPause()} ms"
        );
        Assert.Empty(account.History.Lost(account.Stored));
        Assert.True(account.History.InFlightBetween(effective, EtcdRun.Now()), "no write was in flight when the member was lost");
    }
}
