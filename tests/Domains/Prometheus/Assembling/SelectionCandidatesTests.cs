using System.Collections.Immutable;
using System.Text;
using GitOpsOperator.Domains.Prometheus.Checking;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Reporting;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Domains.Prometheus.Tests.Planning;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Prometheus.Tests.Assembling;

/// <summary>Monitors that git has, and those that charts have put into the cluster.</summary>
public sealed class SelectionCandidatesTests
{
    private const string InGit = """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: both, namespace: monitoring}
        spec: {selector: {}, endpoints: [{port: of-git}]}
        """;

    private const string InCluster = """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: both, namespace: monitoring}
        spec: {selector: {}, endpoints: [{port: of-cluster}]}
        ---
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: chart, namespace: apps}
        spec: {selector: {}, endpoints: [{port: web}], soon: 1}
        ---
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: elsewhere, namespace: other}
        spec: {selector: {}, endpoints: [{port: web}], soon: 1}
        ---
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: broken, namespace: apps}
        spec: {selector: {}, endpoints: 1}
        """;

    [Fact]
    public async Task Both_are_selected_from_and_git_has_the_last_word()
    {
        var rendered = await RenderAsync(Cluster(watches: true));

        Assert.Contains("regex: of-git", rendered.Files!.Shards[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("of-cluster", rendered.Files.Shards[0].Text, StringComparison.Ordinal);
        Assert.Equal(
            [
                "+ ServiceMonitor apps/chart (in the cluster): selected: serviceMonitorSelector is empty, which selects all",
                "+ ServiceMonitor monitoring/both (clusters/monitors.yaml:1): selected: serviceMonitorSelector is empty, which selects all",
                "- ServiceMonitor other/elsewhere (in the cluster): not selected: serviceMonitorNamespaceSelector wants "
                    + "team=shop of namespace other",
            ],
            PrometheusExplanation.Lines(rendered).Where(line => line[0] != '!')
        );

        // Of what was not selected nothing is told; what cannot be read might have been.
        Assert.Contains(
            "in the cluster: ServiceMonitors: spec.soon: unknown field",
            rendered.Notes.Single(note => note.Contains("soon", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "is left out: spec.endpoints",
            rendered.Notes.Single(note => note.Contains("left out", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_Prometheus_may_keep_to_git()
    {
        var rendered = await RenderAsync(Cluster(watches: true), "gitops-operator.dev/objects-from: Git");

        Assert.Equal(["ServiceMonitor monitoring/both"], rendered.Selection.Select(item => item.Name));
        Assert.DoesNotContain(rendered.Notes, note => note.Contains("cluster", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_asked_for_and_not_configured_is_told()
    {
        var rendered = await RenderAsync(Cluster(watches: false), "gitops-operator.dev/objects-from: GitAndCluster");

        Assert.Equal(["ServiceMonitor monitoring/both"], rendered.Selection.Select(item => item.Name));
        Assert.Contains(rendered.Notes, note => note.Contains("prometheus.objectsFromCluster", StringComparison.Ordinal));
    }

    private static async Task<RenderedFiles> RenderAsync(ISelectableObjects cluster, string annotation = "a: b")
    {
        var desired = PrometheusScene.Of(
            (
                "clusters/main.yaml",
                $$"""
                apiVersion: monitoring.coreos.com/v1
                kind: Prometheus
                metadata:
                  name: main
                  namespace: monitoring
                  annotations: { {{annotation}} }
                spec:
                  version: v3.5.3
                  serviceMonitorSelector: {}
                  serviceMonitorNamespaceSelector: {matchLabels: {team: shop} }
                """
            ),
            ("clusters/monitors.yaml", InGit)
        );
        using var promtool = new PromtoolCheck("/there/is/none");
        return await new PrometheusAssembly(promtool, null, cluster).RenderAsync(
            desired.Document,
            1,
            TestContext.Current.CancellationToken
        );
    }

    private static Objects Cluster(bool watches)
    {
        var read = new DocumentReader(MonitoringKind.InCluster).Read([new("ServiceMonitors.yaml", "", Encoding.UTF8.GetBytes(InCluster))]);
        var shop = new Dictionary<string, string> { ["team"] = "shop" };
        return new(
            watches,
            new(
                watches ? [.. read.Parts.Cast<MonitoringDocument>()] : [],
                watches ? read.Findings : [],
                ImmutableDictionary.CreateRange<string, IReadOnlyDictionary<string, string>>([new("monitoring", shop), new("apps", shop)])
            )
        );
    }

    private sealed record Objects(bool WatchesMonitors, SelectableObjects Now) : ISelectableObjects;
}
