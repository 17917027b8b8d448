namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>Changes of the pods that are no change of version, and all at once.</summary>
public sealed class RollingChangeTests
{
    [Fact]
    public async Task Version_options_labels_and_size_in_one_commit_follow_in_one_order()
    {
        LongTests.Only();
        const string Further = """
              resources:
                requests: {cpu: 10m}
              options:
                quotaBackendBytes: 64Mi
                extraFlags: {max-request-bytes: 2097152}
              podLabels: {team: orders}
              podAnnotations: {example.com/note: "yes"}
            """;
        var cancellationToken = TestContext.Current.CancellationToken;
        var (old, @new) = (Binaries.Etcd(Binaries.Newer), Binaries.Etcd(Binaries.Newest));
        await using var run = await EtcdRun.StartAsync(old, cancellationToken);
        await run.ResizeAsync(3, cancellationToken);
        await run.StartWriterAsync(cancellationToken);

        var status = await run.ConvergedAsync(await run.CommitAsync(4, @new, cancellationToken, Further), 4, cancellationToken);

        var names = status.Members.Select(member => member.Name).ToArray();
        Assert.All(await run.VersionsAsync(names, cancellationToken), version => Assert.Equal(@new, version));
        Assert.All(
            (await run.MetricsAsync(names, cancellationToken)).Values,
            metrics => Assert.Contains("etcd_server_quota_backend_bytes 6.7108864e+07", metrics, StringComparison.Ordinal)
        );
        Assert.Equal(
            4,
            (await run.KubectlAsync(["get", "pods", "-l", "team=orders", "-o", "name"], cancellationToken))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Length
        );
        var lines = run.Lines.ToList();
        Assert.True(
            lines.FindLastIndex(line => line.Contains(": restart orders-", StringComparison.Ordinal))
                < lines.FindIndex(line => line.Contains(": add member orders-3", StringComparison.Ordinal)),
            "the size was changed before the version"
        );
        var account = await run.AccountAsync(cancellationToken);
        Assert.Empty(account.History.Lost(account.Stored));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"acknowledged {account.History.Acknowledged}, all at once: longest pause {account.History.MaxPause()} ms"
        );
    }
}
