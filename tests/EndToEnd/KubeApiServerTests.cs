using System.Text.Json;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>
/// The story on a real kube-apiserver whose own controllers make the pods: what the other stories found on the sandbox's API server is
/// held to the truth here.
/// </summary>
public sealed class KubeApiServerTests
{
    private static string? Assets => Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") is { Length: > 0 } folder ? folder : null;

    [Fact]
    public async Task Sizes_1_3_1_follow_commits_on_a_real_API_server_and_no_acknowledged_write_is_lost()
    {
        Assert.SkipUnless(
            Assets is not null,
            "KUBEBUILDER_ASSETS names no folder with kube-apiserver, kube-controller-manager and etcd; run `make test-kube`, "
                + "which builds them"
        );
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await EtcdRun.StartAsync(Binaries.Etcd(Binaries.Newer), cancellationToken, Assets);
        using var version = JsonDocument.Parse(await run.KubectlAsync(["get", "--raw", "/version"], cancellationToken));

        await run.ResizeAsync(1, cancellationToken);
        await run.StartWriterAsync(cancellationToken);
        var three = await run.ResizeAsync(3, cancellationToken);
        Assert.All(three.Members, member => Assert.True(member.Healthy, $"{member.Name} is not healthy at size 3"));
        Assert.Equal(
            "orders-0-0 Running\norders-1-0 Running\norders-2-0 Running",
            await NamesAsync(run, "pods", "{.metadata.name} {.status.phase}", cancellationToken)
        );

        // Only Kubernetes' own controller keeps revisions as objects, so this says whose pods these are.
        Assert.Equal(
            "orders-0\norders-1\norders-2",
            await NamesAsync(run, "controllerrevisions", "{.metadata.ownerReferences[0].name}", cancellationToken)
        );
        Assert.Contains(
            "kube-controller-manager",
            await run.KubectlAsync(["get", "statefulset", "orders-0", "-o", "yaml", "--show-managed-fields"], cancellationToken),
            StringComparison.Ordinal
        );

        // Controllers that nobody here needs must be at ease with this node too: they look pods up on it.
        Assert.DoesNotContain(
            "not found",
            await run.KubectlAsync(["get", "events", "-o", "jsonpath={.items[*].message}"], cancellationToken),
            StringComparison.Ordinal
        );
        Assert.Equal(
            "sandbox-1 True\nsandbox-2 True\nsandbox-3 True",
            await NamesAsync(run, "nodes", "{.metadata.name} {.status.conditions[?(@.type==\"Ready\")].status}", cancellationToken)
        );

        // The victim of a shrink is the highest index: leading, it has to hand over first.
        await run.MoveLeaderToLastAsync(cancellationToken);
        await run.ResizeAsync(1, cancellationToken);

        var account = await run.AccountAsync(cancellationToken);
        Assert.Empty(account.History.Lost(account.Stored));
        Assert.True(account.History.Acknowledged >= 200, $"only {account.History.Acknowledged} writes were acknowledged");
        Assert.NotEmpty(run.TimesOf("move leadership"));
        Assert.Equal("orders-0-0 Running", await NamesAsync(run, "pods", "{.metadata.name} {.status.phase}", cancellationToken));
        Assert.Equal(
            "data-orders-0-0 Bound",
            await NamesAsync(run, "persistentvolumeclaims", "{.metadata.name} {.status.phase}", cancellationToken)
        );
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"acknowledged {account.History.Acknowledged}, unknown {account.History.Unknown}, longest pause "
                + $"{account.History.MaxPause()} ms, lost 0, on Kubernetes "
                + $"{version.RootElement.GetProperty("gitVersion").GetString()}"
        );
    }

    /// <summary>One line for each object in the order of the names.</summary>
    private static async Task<string> NamesAsync(EtcdRun run, string kind, string line, CancellationToken cancellationToken)
    {
        var all = await run.KubectlAsync(["get", kind, "-o", $"jsonpath={{range .items[*]}}{line}{{\"\\n\"}}{{end}}"], cancellationToken);
        return string.Join('\n', all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal));
    }
}
