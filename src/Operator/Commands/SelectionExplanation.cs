using GitOpsOperator.Reconcile.Prometheus;
using GitOpsOperator.Reconcile.Prometheus.Checking;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Prometheus;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>explain prometheus/NAME PATH</c>: which monitors and rules a Prometheus selects, and why not the others. Needs no cluster.</summary>
internal static class SelectionExplanation
{
    public static async Task<int> RunAsync(string cluster, string path, string promtool, CancellationToken cancellationToken)
    {
        var state = DocumentReader.WithAllKinds().Read(await LocalDocuments.ReadAsync(path, cancellationToken));
        foreach (var finding in state.Findings)
        {
            await Console.Error.WriteLineAsync(finding.ToString());
        }

        if (state.Documents.OfType<PrometheusDocument>().FirstOrDefault(document => document.Key.ToString() == cluster) is not { } found)
        {
            var there = string.Join(", ", state.Documents.OfType<PrometheusDocument>().Select(document => document.Key));
            await Console.Error.WriteLineAsync($"{path} defines no {cluster}; there is {(there.Length == 0 ? "no Prometheus" : there)}");
            return ExitCodes.Error;
        }

        using var check = new PromtoolCheck(promtool);
        var rendered = await new PrometheusAssembly(check, null).RenderAsync(found, 1, cancellationToken);
        foreach (var line in PrometheusExplanation.Lines(rendered))
        {
            Console.WriteLine(line);
        }

        return rendered.Files is null ? ExitCodes.Error : ExitCodes.Success;
    }
}
