using System.Text.Json;
using static GitOpsOperator.EndToEnd.Tests.PrometheusDocuments;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>Monitors and rules that a chart has put into the cluster, beside those of git.</summary>
public sealed class PrometheusClusterObjectsTests
{
    private const string Job = "serviceMonitor/default/by-chart/0";

    [Fact]
    public async Task What_charts_install_is_selected_followed_and_let_go_without_a_restart()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await PrometheusRun.StartAsync(
            cancellationToken,
            before:
            [
                Definition("ServiceMonitor"),
                Definition("PodMonitor"),
                Definition("Probe"),
                Definition("PrometheusRule"),
                Definition("ScrapeConfig", "v1alpha1"),
            ]
        );
        await run.CommitAsync(
            "main.yaml",
            Prometheus(
                Binaries.Prometheus(Binaries.Newest),
                more: """
                  serviceMonitorNamespaceSelector:
                    matchLabels: {monitored: "yes"}
                  ruleNamespaceSelector:
                    matchLabels: {monitored: "yes"}
                """
            ),
            cancellationToken
        );
        await run.ConvergedAsync(1, cancellationToken);
        var uid = await Uid();

        // In a namespace that does not count, until it does.
        await run.ApplyAsync(
            Object(
                "ServiceMonitor",
                "by-chart",
                new
                {
                    selector = new { matchLabels = new Dictionary<string, string> { ["operated-prometheus"] = "true" } },
                    endpoints = new[] { new { port = "web", interval = "2s" } },
                }
            ),
            cancellationToken
        );
        await run.ApplyAsync(Rule("by-chart", "vector(4)"), cancellationToken);
        await run.ApplyAsync(Rule("careless", "sum(("), cancellationToken);
        Assert.DoesNotContain(Job, await ConfigurationAsync(), StringComparison.Ordinal);
        await run.KubectlAsync(["label", "namespace", "default", "monitored=yes"], cancellationToken);

        await run.UntilAsync(
            "a target of the chart's monitor",
            async stop => (await run.UpAsync("prometheus-main-0", Job, stop)).Count == 1,
            cancellationToken
        );
        await run.UntilAsync(
            "the chart's rule",
            async stop =>
                (await run.AskAsync("prometheus-main-0", "/api/v1/query?query=test:by_chart", stop)).GetProperty("result").GetArrayLength()
                == 1,
            cancellationToken
        );
        await run.UntilStatusAsync(
            "the bad rule left out",
            text =>
                text.Contains("in the cluster: PrometheusRule default/careless is left out: promtool refuses it", StringComparison.Ordinal)
                && text.Contains("phase: Converged", StringComparison.Ordinal),
            cancellationToken
        );

        var explained = await run.ExplainAsync(cancellationToken);
        Assert.Contains(
            "+ ServiceMonitor default/by-chart (in the cluster): selected: serviceMonitorSelector is empty, which selects all",
            explained,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "- PrometheusRule default/careless (in the cluster): not selected: promtool refuses it",
            explained,
            StringComparison.Ordinal
        );

        await run.KubectlAsync(["delete", "servicemonitor", "by-chart"], cancellationToken);
        await run.UntilAsync(
            "the monitor's job gone",
            async _ => !(await ConfigurationAsync()).Contains(Job, StringComparison.Ordinal),
            cancellationToken
        );
        Assert.Equal(uid, await Uid());
        await IsShownUntilItIsGoneAsync(run, cancellationToken);

        async Task<string> Uid() =>
            await run.KubectlAsync(["get", "pod", "prometheus-main-0", "-o", "jsonpath={.metadata.uid}"], cancellationToken);

        async Task<string> ConfigurationAsync() =>
            (await run.AskAsync("prometheus-main-0", "/api/v1/status/config", cancellationToken)).GetProperty("yaml").GetString()!;
    }

    /// <summary>Withdrawn from git it is left as it is, and shown as such; it is shown no more once somebody has taken it away.</summary>
    private static async Task IsShownUntilItIsGoneAsync(PrometheusRun run, CancellationToken cancellationToken)
    {
        await PhaseAsync("Converged");
        var shown = (await run.KubectlAsync(["get", "managedprometheuses"], cancellationToken))
            .Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        Assert.Equal(["NAME", "SHARDS", "REPLICAS", "READY", "VERSION", "PHASE", "REVISION", "AGE"], shown[0]);
        Assert.Equal(["main", "1", "1", "1"], shown[1][..4]);

        // By its own word, which has a builder's mark at its end.
        Assert.StartsWith(Binaries.Prometheus(Binaries.Newest), shown[1][4], StringComparison.Ordinal);
        Assert.Equal("Converged", shown[1][5]);

        await run.CommitAsync("other.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n", cancellationToken);
        await run.CommitAsync("main.yaml", null, cancellationToken);
        await PhaseAsync("Orphaned");
        await run.KubectlAsync(["delete", "statefulset", "prometheus-main"], cancellationToken);
        await run.UntilAsync(
            "nothing to show",
            async stop => (await run.KubectlAsync(["get", "managedprometheuses", "-o", "name"], stop)).Trim().Length == 0,
            cancellationToken
        );

        Task PhaseAsync(string phase) =>
            run.UntilAsync(
                $"the Prometheus, shown as {phase}",
                async stop =>
                    await run.KubectlAsync(["get", "managedprometheuses", "main", "-o", "jsonpath={.status.phase}"], stop) == phase,
                cancellationToken
            );
    }

    private static object Rule(string name, string expression) =>
        Object(
            "PrometheusRule",
            name,
            new { groups = new[] { new { name, rules = new[] { new { record = $"test:{name.Replace('-', '_')}", expr = expression } } } } }
        );

    private static object Object(string kind, string name, object spec) =>
        new
        {
            apiVersion = "monitoring.coreos.com/v1",
            kind,
            metadata = new { name, @namespace = "default" },
            spec,
        };

    /// <summary>Lets anything in: what prometheus-operator's own definition would refuse is refused here, too.</summary>
    private static JsonElement Definition(string kind, string version = "v1") =>
        JsonSerializer.Deserialize<JsonElement>(
            $$"""
            {
              "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
              "metadata": {"name": "{{kind.ToLowerInvariant()}}s.monitoring.coreos.com"},
              "spec": {
                "group": "monitoring.coreos.com", "scope": "Namespaced",
                "names": {"kind": "{{kind}}", "listKind": "{{kind}}List", "plural": "{{kind.ToLowerInvariant()}}s",
                  "singular": "{{kind.ToLowerInvariant()}}"},
                "versions": [{
                  "name": "{{version}}", "served": true, "storage": true,
                  "schema": {"openAPIV3Schema": {"type": "object", "properties":
                    {"spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": true} } } }
                }]
              }
            }
            """
        );
}
