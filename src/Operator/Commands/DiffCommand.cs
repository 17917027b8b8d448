using System.Collections.Immutable;
using System.CommandLine;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Hosting;
using GitOpsOperator.Operator.Outputs.StatusBranch;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Reconcile.Commands;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>diff</c>: what of the live clusters differs from git, and who changed it.</summary>
internal static class DiffCommand
{
    public static Command Create(ModuleFactory modules)
    {
        var options = new ConfigurationOptions(modules);
        var output = new Option<string>("--output", "-o") { Description = "text, markdown or json", DefaultValueFactory = _ => "text" };
        output.AcceptOnlyFromAmong("text", "markdown", "json");
        var command = new OperatorCommand(
            "diff",
            """
            Show what of every live cluster differs from what git says, who changed it where Kubernetes has recorded that,
            and what is done about it. Nothing is changed.
            """,
            OperatorCommand.Exit(ExitCode.Success, "nothing differs"),
            OperatorCommand.Exit(ExitCode.Changes, "something differs")
        )
        {
            output,
        };
        options.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var (text, differs) = await RunAsync(options.Read(parsed), parsed.GetRequiredValue(output), cancellationToken);
                Console.WriteLine(text.TrimEnd('\n'));
                return differs ? ExitCode.Changes : ExitCode.Success;
            }
        );
        return command;
    }

    private static async Task<(string Text, bool Differs)> RunAsync(
        OperatorConfiguration configuration,
        string output,
        CancellationToken cancellationToken
    )
    {
        using var scratch = new ScratchFolder();
        configuration.StateDirectory = scratch.Path;
        using var loggers = LoggerFactory.Create(logging => OperatorLogging.Configure(logging, LogLevel.Warning, toStandardError: true));
        await using var services = OperatorServices.Build(configuration, loggers, TimeProvider.System);
        await services.GetRequiredService<BackgroundWork>().StartWithinAsync(KubernetesAccess.Timeout, cancellationToken);
        var domains = services.GetServices<IClusterDomain>().ToDictionary(domain => domain.Domain);
        var clusters = new List<(ClusterKey Cluster, ImmutableArray<DriftEntry> Drifts)>();
        foreach (var repository in services.GetRequiredService<RepositoryRegistry>().All)
        {
            var (documents, findings) = await repository.LookAsync(cancellationToken);
            foreach (var finding in findings)
            {
                await Console.Error.WriteLineAsync(finding.ToString());
            }

            foreach (var (document, source) in documents)
            {
                clusters.Add((document.Key, await domains[document.Key.Domain].DriftsAsync(document, source, cancellationToken)));
            }
        }

        clusters.Sort((left, right) => left.Cluster.CompareTo(right.Cluster));
        return (Written(clusters, output), clusters.Any(cluster => cluster.Drifts.Any(DriftFiles.IsOpen)));
    }

    private static string Written(List<(ClusterKey Cluster, ImmutableArray<DriftEntry> Drifts)> clusters, string output) =>
        output switch
        {
            "json" => DriftFiles.Json(clusters),
            "markdown" => string.Join('\n', clusters.Select(cluster => DriftFiles.Markdown(cluster.Cluster, cluster.Drifts))),
            _ => string.Join('\n', clusters.Select(cluster => DriftFiles.Text(cluster.Cluster, cluster.Drifts))),
        };
}
