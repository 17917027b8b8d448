namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>A document that goes from git deletes nothing.</summary>
public sealed class OrphanTests
{
    [Fact]
    public async Task A_cluster_that_was_never_made_leaves_nothing_behind_when_its_document_goes()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), cancellationToken);
        await run.CommitAsync(3, Binaries.Etcd(Binaries.Newer), cancellationToken, "  suspend: true");
        await run.UntilAsync("suspended", status => status.Phase == "Suspended", cancellationToken);
        await run.KubectlAsync(
            ["wait", "--for=jsonpath={.status.phase}=Suspended", "etcdcluster/orders", "--timeout=60s"],
            cancellationToken
        );

        await run.WithdrawAsync(cancellationToken);
        await run.KubectlAsync(["wait", "--for=delete", "etcdcluster/orders", "--timeout=60s"], cancellationToken);
        Assert.Equal(
            "",
            (
                await run.KubectlAsync(
                    ["get", "statefulsets,services,persistentvolumeclaims", "-l", "gitops-operator.dev/cluster=orders", "-o", "name"],
                    cancellationToken
                )
            ).Trim()
        );
    }

    [Fact]
    public async Task A_cluster_without_a_document_keeps_running_untouched_and_is_taken_over_again_when_the_document_is_back()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), cancellationToken);
        await run.ResizeAsync(3, cancellationToken);
        await run.StartWriterAsync(cancellationToken);
        var members = await run.MembersAsync(cancellationToken);
        var objects = await ObjectsAsync();

        await run.WithdrawAsync(cancellationToken);
        await run.UntilAsync("orphaned", status => status.Phase == "Orphaned", cancellationToken);

        // Whoever starts anew knows it from what is there, and does not even put back what somebody takes away.
        await run.KillOperatorAsync();
        await run.KubectlAsync(["delete", "poddisruptionbudget", "orders-voters"], cancellationToken);
        var read = run.UntilHeardAsync(": 0 clusters, 0 findings", cancellationToken);
        run.StartOperator();
        await read;
        await run.KillAsync(members[0].Name, cancellationToken);
        await run.UntilRestartedAsync(members[0].Name, cancellationToken);
        await run.UntilAsync("still orphaned", status => status.Phase == "Orphaned", cancellationToken);
        Assert.Equal(objects, await ObjectsAsync());
        Assert.DoesNotContain(
            "orders-voters",
            await run.KubectlAsync(["get", "poddisruptionbudgets", "-o", "name"], cancellationToken),
            StringComparison.Ordinal
        );

        await run.ResizeAsync(3, cancellationToken);
        Assert.Equal(
            members.Select(member => member.Id).Order(),
            (await run.MembersAsync(cancellationToken)).Select(member => member.Id).Order()
        );
        Assert.Contains(
            "orders-voters",
            await run.KubectlAsync(["get", "poddisruptionbudgets", "-o", "name"], cancellationToken),
            StringComparison.Ordinal
        );
        var account = await run.AccountAsync(cancellationToken);
        Assert.Empty(account.History.Lost(account.Stored));

        Task<string> ObjectsAsync() =>
            run.KubectlAsync(
                [
                    "get",
                    "statefulsets,persistentvolumeclaims,configmaps,services",
                    "-o",
                    "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.uid} {.metadata.generation}{\"\\n\"}{end}",
                ],
                cancellationToken
            );
    }
}
