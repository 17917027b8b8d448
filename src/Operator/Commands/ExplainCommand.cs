using System.CommandLine;
using GitOpsOperator.Reconcile.Prometheus;
using GitOpsOperator.Reconcile.Prometheus.Checking;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Prometheus;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>explain prometheus/NAME PATH</c>: which monitors and rules a Prometheus selects, and why not the others. Needs no cluster.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var cluster = new Argument<string>("cluster") { Description = "prometheus/NAME, or prometheus/NAMESPACE/NAME" };
        var path = new Argument<string>("path") { Description = "A folder with documents, or one file", DefaultValueFactory = _ => "." };
        var promtool = new Option<string>("--promtool")
        {
            Description = "Folder with VERSION/promtool, which reads each rule",
            DefaultValueFactory = _ => new Configuration.PrometheusConfiguration().Promtool,
        };
        var command = new Command("explain", """
            Say of each monitor and rule whether a Prometheus has it: selected by, or not selected because.

            Exit code: 0, or 1 where there is no such Prometheus or no configuration comes of it.
            """)
        {
            cluster, path, promtool,
        };
        command.SetAction((parsed, cancellationToken) => CommandFaults.CatchAsync(
            () => RunAsync(parsed.GetRequiredValue(cluster), parsed.GetRequiredValue(path), parsed.GetRequiredValue(promtool), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(string cluster, string path, string promtool, CancellationToken cancellationToken)
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
        var rendered = await new PrometheusAssembly(check).RenderAsync(found, 1, cancellationToken);
        foreach (var line in PrometheusExplanation.Lines(rendered))
        {
            Console.WriteLine(line);
        }

        return rendered.Files is null ? ExitCodes.Error : ExitCodes.Success;
    }
}
