using System.Collections.Immutable;
using System.Text;
using GitOpsOperator.Domains.Prometheus.Checking;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Prometheus.Tests.Planning;

/// <summary>Worlds to ask the planner about: reached from nothing by its own steps, then changed.</summary>
internal static class PrometheusScene
{
    public static readonly PrometheusHashes Hashes = PrometheusHashes.Rendered;

    /// <summary>Selected by whoever has a <c>serviceMonitorSelector</c>.</summary>
    private const string Monitor = """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: api, namespace: monitoring}
        spec: {selector: {}, endpoints: [{port: web}]}

        """;

    public static PrometheusDesired Desired(string spec = "", params string[] approvals)
    {
        var annotations =
            approvals.Length == 0 ? "" : $"\n  annotations: {{gitops-operator.dev/approve: \"{string.Join(", ", approvals)}\"}}";
        var text = $"""
            apiVersion: monitoring.coreos.com/v1
            kind: Prometheus
            metadata:
              name: main
              namespace: monitoring{annotations.Replace("\n  ", "\n              ", StringComparison.Ordinal)}
            spec:
              version: v3.5.3
              replicas: 2
              retention: 15d
              storage: {"{volumeClaimTemplate: {spec: {resources: {requests: {storage: 1Gi}}}}}"}
            """.Replace("            ", "", StringComparison.Ordinal);
        foreach (var line in spec.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var field = line.Split(':')[0];
            text =
                string.Join('\n', text.Split('\n').Where(given => !given.StartsWith($"  {field}:", StringComparison.Ordinal)))
                + $"\n  {line}";
        }

        return Of(("clusters/main.yaml", text + "\n---\n" + Monitor));
    }

    /// <summary>The one Prometheus that these files define.</summary>
    public static PrometheusDesired Of(params (string Path, string Text)[] files)
    {
        var state = new DocumentReader(MonitoringKind.All).Read([
            .. files.Select(file => new SourceFile(file.Path, "blob", Encoding.UTF8.GetBytes(file.Text))),
        ]);
        Assert.DoesNotContain(state.Findings, finding => finding.Severity == FindingSeverity.Error);
        var document = Assert.IsType<PrometheusDocument>(Assert.Single(state.Documents));
        return new(document.Key, new OwnerId("default"), "https://git.example/clusters.git", "c0ffee05", document, DriftMode.Correct);
    }

    public static PrometheusLive Nothing(PrometheusDesired desired) =>
        new() { Cluster = desired.Cluster, RuleDigests = [null, null, null] };

    /// <summary>The same world, as it is seen by who wants something else of it.</summary>
    public static async Task<PrometheusLive> SeenByAsync(this PrometheusLive live, PrometheusDesired desired)
    {
        using var promtool = new PromtoolCheck("/there/is/none");
        var shards = Math.Max(desired.Shards, live.Shards.Select(shard => shard.Index + 1).DefaultIfEmpty(0).Max());
        return live with
        {
            Rendered = await new PrometheusAssembly(promtool, null).RenderAsync(
                desired.Document,
                shards,
                TestContext.Current.CancellationToken
            ),
        };
    }

    public static async Task<PrometheusLive> RunningAsync(PrometheusDesired desired)
    {
        var (end, _) = Walk(desired, await Nothing(desired).SeenByAsync(desired));
        Assert.IsType<Decision<PrometheusStep>.Converged>(PrometheusPlanner.Next(desired, end));
        return end;
    }

    /// <summary>Goes on until the planner has nothing more to do, or is held.</summary>
    public static (PrometheusLive End, ImmutableArray<PrometheusStep> Steps) Walk(
        PrometheusDesired desired,
        PrometheusLive live,
        int most = 200,
        PrometheusHashes? hashes = null
    )
    {
        hashes ??= Hashes;
        var model = new PrometheusModel(desired, hashes);
        var steps = ImmutableArray.CreateBuilder<PrometheusStep>();
        for (var turn = 0; turn < most; turn++)
        {
            switch (PrometheusPlanner.Decide(desired, live, hashes).Decision)
            {
                case Decision<PrometheusStep>.Act act:
                    steps.Add(act.Step);
                    live = model.Apply(live, act.Step);
                    break;
                case Decision<PrometheusStep>.Progress when model.Advance(live) is var later && !ReferenceEquals(later, live):
                    live = later;
                    break;
                default:
                    return (live, steps.ToImmutable());
            }
        }

        Assert.Fail($"no end after {most} turns; the last steps were {string.Join("; ", steps.TakeLast(5))}");
        throw new InvalidOperationException();
    }

    public static PrometheusLive With(this PrometheusLive live, int shard, int ordinal, Func<ReplicaLive, ReplicaLive> change) =>
        live with
        {
            Shards =
            [
                .. live.Shards.Select(one =>
                    one.Index != shard
                        ? one
                        : one with
                        {
                            Replicas = [.. one.Replicas.Select(replica => replica.Ordinal == ordinal ? change(replica) : replica)],
                        }
                ),
            ],
        };

    public static ReplicaLive Silent(this ReplicaLive replica) => replica with { Ready = false, Server = null };
}
