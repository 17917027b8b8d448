namespace GitOpsOperator.EndToEnd.Tests;

public sealed class SnapshotTests
{
    [Fact]
    public async Task A_snapshot_by_hand_holds_what_was_written_and_its_pod_is_gone_again()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var version = Binaries.Etcd(Binaries.Newer);
        await using var run = await EtcdRun.StartAsync(version, cancellationToken);
        await run.ResizeAsync(1, cancellationToken);
        await run.StartWriterAsync(cancellationToken);

        var said = await run.SnapshotAsync("etcd/orders", cancellationToken);

        Assert.Contains(
            " of etcd/orders is verified and kept on claim orders-snapshots in namespace default",
            said,
            StringComparison.Ordinal
        );
        var file = said.Trim().Split(' ')[0];
        Assert.True(await run.RevisionOfSnapshotAsync(file, version, cancellationToken) > 1, "the snapshot holds nothing");
        await run.UntilAsync(
            "the snapshot named",
            status =>
                status.Phase == "Converged"
                && status.Conditions.Any(condition =>
                    condition.Type == "SnapshotKept" && condition.Message.Contains(file, StringComparison.Ordinal)
                ),
            cancellationToken
        );
        await run.KubectlAsync(["wait", "--for=delete", "pod/orders-snapshot", "--timeout=60s"], cancellationToken);
        Assert.Equal(
            "",
            await run.KubectlAsync(["get", "configmap", "orders-snapshot-request", "--ignore-not-found", "-o", "name"], cancellationToken)
        );
    }
}
