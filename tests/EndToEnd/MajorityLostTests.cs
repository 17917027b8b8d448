using GitOpsOperator.Demo;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>Two of three members are out of reach for longer than the grace period.</summary>
public sealed class MajorityLostTests
{
    [Fact]
    public async Task Nothing_is_changed_while_a_majority_is_lost_and_all_goes_on_by_itself_once_it_is_back()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), cancellationToken);
        await run.ResizeAsync(3, cancellationToken);
        await run.StartWriterAsync(cancellationToken);
        var members = await run.EtcdctlAsync(["member", "list"], cancellationToken);
        var objects = await ObjectsAsync();

        await run.FaultAsync("partition", "orders-1", cancellationToken);
        await run.FaultAsync("stop", "orders-2", cancellationToken);
        var lost = EtcdRun.Now();
        var blocked = await run.UntilAsync("the lost majority", Lost, cancellationToken);
        Assert.Contains("orders-1, orders-2 has not answered", blocked.Blocked!.Reason, StringComparison.Ordinal);
        Assert.Contains("Bring enough members back", blocked.Blocked.Remediation, StringComparison.Ordinal);

        // What git says meanwhile is read and not begun, by a new life of the operator neither.
        var commit = await run.CommitSizeAsync(5, cancellationToken);
        await run.UntilAsync("the commit read, and nothing done", status => Lost(status) && status.Revision == commit, cancellationToken);
        await run.KillOperatorAsync();
        var told = run.TimesOf("blocked by quorum-lost").Count;
        run.StartOperator();
        await run.UntilAsync("blocked again", _ => run.TimesOf("blocked by quorum-lost").Count > told, cancellationToken);
        Assert.Equal(objects, await ObjectsAsync());

        await run.FaultAsync("heal", "orders-1", cancellationToken);
        await run.FaultAsync("continue", "orders-2", cancellationToken);
        var back = EtcdRun.Now();
        await run.ConvergedAsync(commit, 5, cancellationToken);

        var after = await run.EtcdctlAsync(["member", "list"], cancellationToken);
        Assert.All(
            members.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            member => Assert.Contains(member.Trim(), after, StringComparison.Ordinal)
        );
        var account = await run.AccountAsync(cancellationToken);
        Assert.Empty(account.History.Lost(account.Stored));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"a majority was lost from {lost} to {back}, {account.History.Acknowledged} writes were acknowledged"
        );

        static bool Lost(StatusFile status) => status is { Phase: "Blocked", Blocked.Rule: "quorum-lost" };

        Task<string> ObjectsAsync() =>
            run.KubectlAsync(
                [
                    "get",
                    "statefulsets,persistentvolumeclaims,configmaps,services,poddisruptionbudgets",
                    "-l",
                    "gitops-operator.dev/cluster=orders",
                    "-o",
                    "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.uid} {.metadata.labels} {.spec} {.data}{\"\\n\"}{end}",
                ],
                cancellationToken
            );
    }
}
