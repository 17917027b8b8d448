using static GitOpsOperator.EndToEnd.Tests.PrometheusDocuments;

namespace GitOpsOperator.EndToEnd.Tests;

public sealed class PrometheusTests
{
    // Debian's build of 2.42 has no service discovery by Kubernetes.
    [Theory]
    [InlineData("3.5.3")]
    [InlineData("2.53.3")]
    public async Task Targets_are_found_by_service_discovery_and_a_rule_and_a_monitor_from_git_are_at_work_without_a_restart(string version)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await PrometheusRun.StartAsync(cancellationToken);
        await run.CommitAsync("orders.yaml", Etcd, cancellationToken);
        await run.CommitAsync("main.yaml", Prometheus(version), cancellationToken);
        await run.CommitAsync("monitor.yaml", EtcdMonitor, cancellationToken);
        await run.ConvergedAsync(1, cancellationToken);
        await run.UntilAsync(
            "etcd member scraped", async token => (await run.UpAsync("prometheus-main-0", "podMonitor/default/orders/0", token)).Count == 1, cancellationToken);
        var uid = await Uid();

        await run.CommitAsync("rule.yaml", Rule("leader", "max(etcd_server_has_leader)"), cancellationToken);
        await run.CommitAsync("itself.yaml", OwnMonitor, cancellationToken);
        await run.UntilAsync("rule at work", async token => (await Groups(token)).Contains("leader"), cancellationToken);
        await run.UntilAsync(
            "Prometheus scraped by itself", async token => (await run.UpAsync("prometheus-main-0", "serviceMonitor/default/itself/0", token)).Count == 1, cancellationToken);
        await run.UntilAsync(
            "a value of the rule",
            async token => (await run.AskAsync("prometheus-main-0", "/api/v1/query?query=test:leader", token)).GetProperty("result").GetArrayLength() == 1, cancellationToken);
        await run.ConvergedAsync(1, cancellationToken);
        Assert.Equal(uid, await Uid());

        async Task<string> Uid() => await run.KubectlAsync(
            ["get", "pod", "prometheus-main-0", "-o", "jsonpath={.metadata.uid} {.status.containerStatuses[0].restartCount}"], cancellationToken);

        async Task<IReadOnlyList<string>> Groups(CancellationToken token) =>
            [.. (await run.AskAsync("prometheus-main-0", "/api/v1/rules", token)).GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("name").GetString()!)];
    }
}
