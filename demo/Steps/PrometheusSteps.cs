using System.Text.Json;
using GitOpsOperator.Demo.Environments;

namespace GitOpsOperator.Demo.Steps;

/// <summary>A Prometheus beside the etcd cluster: declared in git like it, with monitors and rules as prometheus-operator's users have
/// them.</summary>
internal static class PrometheusSteps
{
    public const string Pod = "prometheus-main-0";
    private const string StatusPath = "status/default/prometheus-main.yaml";
    private const string Folder = "clusters/monitoring";

    private const string Documents = """
        apiVersion: monitoring.coreos.com/v1
        kind: Prometheus
        metadata:
          name: main
        spec:
          version: v2.53.3
          serviceAccountName: prometheus
          podMonitorSelector: {}
          ruleSelector: {}
          evaluationInterval: 2s
          storage:
            volumeClaimTemplate:
              spec:
                resources:
                  requests:
                    storage: 1Gi
        ---
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata:
          name: orders
        spec:
          selector:
            matchLabels:
              gitops-operator.dev/cluster: orders
          podMetricsEndpoints:
          - port: metrics
            interval: 2s

        """;

    private const string Rule = """
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata:
          name: orders
        spec:
          groups:
          - name: orders
            rules:
            - record: orders:members_with_leader:sum
              expr: sum(etcd_server_has_leader)

        """;

    /// <summary>It finds the members by asking the API server; a rule joins by a commit, and no process is restarted.</summary>
    public static async Task RunAsync(DemoContext context, CancellationToken cancellationToken)
    {
        await PrometheusAccess.GrantAsync(context.Environment, cancellationToken);
        Directory.CreateDirectory(Path.Combine(context.Clone.Folder, Folder));
        await WriteAsync(context, "main.yaml", Documents, "Watch orders by a Prometheus", cancellationToken);
        await ConvergedAsync(context, "a Prometheus that runs what git says", cancellationToken);
        var address = (
            await context.Environment.KubectlAsync(["get", "pod", Pod, "-o", "jsonpath={.status.podIP}"], cancellationToken)
        ).Trim();
        context.Terminal.Say($"Its own pages are inside the sandbox at http://{address}:9090.");
        var up = await UntilAsync(context, address, "count(up{job=\"default/orders\"}==1)", cancellationToken);
        context.Terminal.Good($"Prometheus says: {up} members of orders scraped");

        await WriteAsync(context, "rule.yaml", Rule, "Count members that have a leader", cancellationToken);
        var value = await UntilAsync(context, address, "orders:members_with_leader:sum", cancellationToken);
        await ConvergedAsync(context, "the rule confirmed by Prometheus itself", cancellationToken);
        context.Terminal.Good($"Prometheus says: orders:members_with_leader:sum = {value}; its process was not restarted");
    }

    /// <summary>One rule that Prometheus could not read keeps nothing else out, and nothing else is touched.</summary>
    public static async Task BadRuleAsync(DemoContext context, CancellationToken cancellationToken)
    {
        var bad = Rule.Replace("name: orders", "name: careless", StringComparison.Ordinal)
            .Replace("sum(etcd_server_has_leader)", "sum(etcd_server_has_leader", StringComparison.Ordinal);
        await WriteAsync(context, "careless.yaml", bad, "Add a rule in haste", cancellationToken);
        const string finding = "PrometheusRule default/careless is left out";
        var status = await context.FileUntilAsync(
            StatusPath,
            "the bad rule refused",
            text => text.Contains(finding, StringComparison.Ordinal) && text.Contains("phase: Converged", StringComparison.Ordinal),
            cancellationToken
        );
        context.Terminal.Quote(status.Split('\n').First(line => line.Contains(finding, StringComparison.Ordinal)).Trim());
        context.Terminal.Good("The other rules and every target are at work as before.");
        File.Delete(Path.Combine(context.Clone.Folder, Folder, "careless.yaml"));
        await context.Clone.PushAsync("Take the hasty rule back", cancellationToken);
    }

    private static async Task WriteAsync(DemoContext context, string file, string text, string subject, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(context.Clone.Folder, Folder, file), text, cancellationToken);
        context.Terminal.Diff(await context.Clone.DiffAsync(cancellationToken));
        await context.Clone.PushAsync(subject, cancellationToken);
    }

    private static async Task ConvergedAsync(DemoContext context, string expected, CancellationToken cancellationToken)
    {
        await context.FileUntilAsync(
            StatusPath,
            expected,
            text => text.Contains("phase: Converged", StringComparison.Ordinal),
            cancellationToken
        );
        context.Terminal.Good($"git says: {expected}");
    }

    /// <summary>The value of a query, once there is one.</summary>
    private static async Task<string> UntilAsync(DemoContext context, string address, string query, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(120));
        try
        {
            while (true)
            {
                var answer = await context.Environment.ExecuteAsync(
                    ["curl", "-sS", "--max-time", "10", $"http://{address}:9090/api/v1/query?query={Uri.EscapeDataString(query)}"],
                    deadline.Token
                );
                using var document = JsonDocument.Parse(answer);
                var result = document.RootElement.GetProperty("data").GetProperty("result");
                if (result.GetArrayLength() > 0)
                {
                    return result[0].GetProperty("value")[1].GetString() ?? "";
                }

                await Task.Delay(500, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DemoFailedException($"Prometheus gave no value of {query} within 120 s");
        }
    }
}
