namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>A version that does not start: the change stops at the first member, and git is the way back.</summary>
public sealed class FailedUpgradeTests
{
    /// <summary>Its image holds an older etcd, which ends at once on the data of a newer one.</summary>
    private const string Exits = "3.5.98";

    /// <summary>There is no image of it.</summary>
    private const string NowhereToBeFound = "3.5.97";

    [Theory]
    [InlineData(3, Exits, "downgrade")]
    [InlineData(1, Exits, "downgrade")]
    [InlineData(3, NowhereToBeFound, "3.5.97")]
    public async Task It_stops_at_the_first_member_says_why_and_goes_back_as_git_does(int size, string version, string why)
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        var good = Binaries.Etcd(Binaries.Newer);
        var folder = Directory.CreateTempSubdirectory("mislabelled-").FullName;
        try
        {
            await using var run = await EtcdRun.StartAsync(
                good,
                cancellationToken,
                binaries: Binaries.Mislabelled(folder, Exits, Binaries.Etcd(Binaries.Old))
            );
            var names = (await run.ResizeAsync(size, cancellationToken)).Members.Select(member => member.Name).Order().ToArray();
            await run.StartWriterAsync(cancellationToken);
            var listed = await run.MembersAsync(cancellationToken);

            await run.CommitAsync(size, version, cancellationToken);
            var stopped = await run.UntilAsync(
                "a change that has stopped",
                status => status.Blocked?.Rule == "update-failed",
                cancellationToken
            );

            Assert.Contains(why, stopped.Blocked!.Reason, StringComparison.Ordinal);
            var touched = names.Where(name => stopped.Blocked.Reason.Contains(name, StringComparison.Ordinal)).ToArray();
            Assert.Single(touched);
            var others = names.Except(touched).ToArray();
            Assert.All(await run.VersionsAsync(others, cancellationToken), runs => Assert.Equal(good, runs));
            if (size > 1)
            {
                // A linearizable read: the others still have their quorum.
                await run.EtcdctlAsync(["get", "anything"], cancellationToken);
            }

            await run.ConvergedAsync(await run.CommitAsync(size, good, cancellationToken), size, cancellationToken);

            Assert.All(await run.VersionsAsync(names, cancellationToken), runs => Assert.Equal(good, runs));
            Assert.Equal(listed, await run.MembersAsync(cancellationToken));
            var account = await run.AccountAsync(cancellationToken);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"acknowledged {account.History.Acknowledged}, unknown {account.History.Unknown}, {good} to {version} and back, "
                    + $"size {size}: longest pause {account.History.MaxPause()} ms; {stopped.Blocked.Reason}"
            );
            Assert.Empty(account.History.Lost(account.Stored));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
