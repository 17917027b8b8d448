using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Reconcile.Tests;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Prometheus.Tests.Rendering;

/// <summary>A folder of golden: one Prometheus and what it may select in input.yaml, the file of each shard beside it.</summary>
internal static class OwnCase
{
    public static readonly string Folder = GoldenFolder.At("Domains/Prometheus/golden");

    public static IEnumerable<string> Names =>
        Directory.GetDirectories(Folder).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal);

    public static RenderingInput Read(string name)
    {
        var content = File.ReadAllBytes(Path.Combine(Folder, name, "input.yaml"));
        var state = new DocumentReader(MonitoringKind.All).Read([new("input.yaml", name, content)]);
        Assert.Empty(state.Findings);
        var whole = Assert.IsType<PrometheusDocument>(Assert.Single(state.Documents));
        var (prometheus, others) = (whole.Prometheus, whole.Objects);
        Assert.All(others, document => Assert.True(MonitorSelection.Evaluate(prometheus, document, namespaceLabels: null).IsSelected));
        return SelectedObjects.InputOf(prometheus, others) with
        {
            Values = new(
                ImmutableDictionary<ValueReference, string>
                    .Empty.Add(new(IsSecret: true, "monitoring", "credentials", "username"), "reader")
                    .Add(new(IsSecret: true, "monitoring", "credentials", "password"), "a: \"secret\" #")
            ),
        };
    }
}
