using System.Collections.Immutable;
using System.CommandLine;
using GitOpsOperator.Domains.Prometheus.Checking;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Reporting;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Prometheus.Cli;

/// <summary>
/// <c>explain prometheus/NAME PATH</c>: which monitors and rules a Prometheus selects, and why not the others. Needs no cluster.
/// </summary>
internal sealed class SelectionExplainer : IDocumentExplainer
{
    private readonly Option<string> _promtool = new("--promtool")
    {
        Description = "With PATH: folder with VERSION/promtool, which reads each rule",
        DefaultValueFactory = _ => new PrometheusOptions().Promtool,
    };

    public ImmutableArray<Option> Options => [_promtool];

    public async Task<DocumentExplanation> ExplainAsync(ClusterDocument document, ParseResult parsed, CancellationToken cancellationToken)
    {
        using var check = new PromtoolCheck(parsed.GetRequiredValue(_promtool));
        var rendered = await new PrometheusAssembly(check, null).RenderAsync((PrometheusDocument)document, 1, cancellationToken);
        return new(string.Join('\n', PrometheusExplanation.Lines(rendered)), rendered.Files is not null);
    }
}
