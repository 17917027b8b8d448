namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// A member's node is lost for good, in the middle of each kind of change and of none. The sandbox has one node, so it is lost for one pod: its
/// processes end, and nobody says anything of the pod again. What may still run somewhere is not taken for ended: a person has to say so.
/// </summary>
public sealed class NodeLostTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Changes => [.. ChangeUnderWay.All.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Its_member_is_replaced_once_somebody_has_given_the_pod_up(string change)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TEST_LONG") == "1", "It takes minutes: make test-long runs it");
        var how = ChangeUnderWay.All[change];
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), Token);
        var before = await run.ResizeAsync(how.From, Token);
        await run.StartWriterAsync(Token);
        var victim = before.Members.Where(member => member.Role != "leader").Select(member => member.Name)
            .Order(StringComparer.Ordinal).First(name => how.Held?.EndsWith(name, StringComparison.Ordinal) != true);

        var commit = await how.DisturbAsync(run, before.Revision, () => run.FaultAsync("lose", victim, Token), Token);
        var lost = EtcdRun.Now();
        var said = await run.FileUntilAsync(EtcdRun.StatusPath, "a pod that does not end", text => text.Contains("pod-does-not-end", StringComparison.Ordinal), Token);
        Assert.Contains($"node sandbox-1 does not say that it has", said, StringComparison.Ordinal);
        var volumes = await run.KubectlAsync(["get", "persistentvolumeclaims", "-o", "name"], Token);
        Assert.Contains($"data-{victim}-0", volumes, StringComparison.Ordinal);

        await run.KubectlAsync(["delete", "pod", $"{victim}-0", "--force", "--grace-period=0"], Token);
        var after = await run.UntilAsync(
            $"{victim} replaced",
            status => status.Phase == "Converged" && status.Revision == commit && status.HealthyVoters == how.To && status.Members.All(member => member.Name != victim), Token);

        await how.IsDoneAsync(run, after, Token);
        volumes = await run.KubectlAsync(["get", "persistentvolumeclaims", "-o", "name"], Token);
        Assert.DoesNotContain($"data-{victim}-0", volumes, StringComparison.Ordinal);
        var account = await run.AccountAsync(Token);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"node of {victim} lost during {change}: acknowledged {account.History.Acknowledged}, unknown {account.History.Unknown}, longest pause {account.History.LongestPause()} ms");
        Assert.Empty(account.History.Lost(account.Stored));
        Assert.True(account.History.InFlightBetween(lost, EtcdRun.Now()), "no write was in flight when the node was lost");
    }
}
