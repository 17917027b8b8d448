namespace GitOpsOperator.EndToEnd.Tests;

public sealed class OperatorKilledTests
{
    /// <summary>The operator says a step when it has taken it; it is killed upon that word, and the next one finds what is there.</summary>
    [Theory]
    [InlineData("note in the record: orders-3 joins")]
    [InlineData("add member orders-3 as a learner")]
    [InlineData("start orders-3")]
    [InlineData("seal orders-3: from now on it starts only with its data")]
    public async Task Killed_in_the_middle_of_growing_from_3_to_5_it_adds_exactly_two_members(string lastWords)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), cancellationToken);
        await run.ResizeAsync(3, cancellationToken);
        await run.StartWriterAsync(cancellationToken);

        var heard = run.UntilHeardAsync(lastWords, cancellationToken);
        var commit = await run.CommitSizeAsync(5, cancellationToken);
        await heard;
        await run.KillOperatorAsync();
        run.StartOperator();
        var status = await run.ConvergedAsync(commit, 5, cancellationToken);

        // Indexes are never reused, so an add that was done twice would have left a gap or a sixth index.
        Assert.Equal(["orders-0", "orders-1", "orders-2", "orders-3", "orders-4"], status.Members.Select(member => member.Name).Order());
        var account = await run.AccountAsync(cancellationToken);
        Assert.Empty(account.History.Lost(account.Stored));
    }
}
