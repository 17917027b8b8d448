using System.Collections.Immutable;
using System.CommandLine;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Hosting;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Reconcile.Commands;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>explain</c>: why a cluster is where it is.</summary>
internal static class ExplainCommand
{
    public static Command Create(ModuleFactory modules)
    {
        var options = new ConfigurationOptions(modules);
        var cluster = new Argument<string>("cluster") { Description = "KIND/NAME such as etcd/orders, or KIND/NAMESPACE/NAME" };
        var path = new Argument<string?>("path")
        {
            Description = "A folder with documents, or one file, for a domain that explains documents alone",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var explained = modules();
        var command = new OperatorCommand(
            "explain",
            """
            Show what is seen of a cluster now, what the gate says to it line by line, the next step or the reason for waiting, and what
            would unblock it. Nothing is changed. One look cannot tell how long all has been steady: that it has is assumed.

            With PATH a domain that can explain documents alone explains those that are there; that needs no cluster and no configuration.
            """,
            OperatorCommand.Exit(ExitCode.Success, "explained"),
            OperatorCommand.Exit(ExitCode.Blocked, "no configuration comes of the documents")
        )
        {
            cluster,
            path,
        };
        options.AddTo(command);
        foreach (var option in explained.SelectMany(module => module.Explainer?.Options ?? []))
        {
            command.Options.Add(option);
        }

        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var named = parsed.GetRequiredValue(cluster);
                if (parsed.GetValue(path) is { } documents)
                {
                    return await ExplainDocumentsAsync(explained, named, documents, parsed, cancellationToken);
                }

                if (await ExplainAsync(options.Read(parsed), named, cancellationToken) is { } text)
                {
                    Console.WriteLine(text.TrimEnd('\n'));
                    return ExitCode.Success;
                }

                await Console.Error.WriteLineAsync(
                    $"No repository of the configuration has a document for {named}; a cluster is named as in etcd/orders"
                );
                return ExitCode.Error;
            }
        );
        return command;
    }

    private static async Task<ExitCode> ExplainDocumentsAsync(
        ImmutableArray<IDomainModule> modules,
        string named,
        string path,
        ParseResult parsed,
        CancellationToken cancellationToken
    )
    {
        var state = new DocumentReader(modules.SelectMany(module => module.Kinds)).Read(
            await LocalDocuments.ReadAsync(path, cancellationToken)
        );
        foreach (var finding in state.Findings)
        {
            await Console.Error.WriteLineAsync(finding.ToString());
        }

        if (state.Documents.FirstOrDefault(document => IsNamed(document.Key, named)) is not { } found)
        {
            var there = string.Join(", ", state.Documents.Select(document => document.Key));
            await Console.Error.WriteLineAsync($"{path} defines no {named}; there is {(there.Length == 0 ? "no cluster" : there)}");
            return ExitCode.Error;
        }

        if (modules.First(module => module.Kinds.Any(kind => kind.Domain == found.Key.Domain)).Explainer is not { } explainer)
        {
            await Console.Error.WriteLineAsync(
                $"{named} is explained from the running cluster alone; leave out {path}, or see what validate {path} says of its document"
            );
            return ExitCode.Error;
        }

        var explanation = await explainer.ExplainAsync(found, parsed, cancellationToken);
        Console.WriteLine(explanation.Text);
        return explanation.IsUsable ? ExitCode.Success : ExitCode.Blocked;
    }

    private static async Task<string?> ExplainAsync(OperatorConfiguration configuration, string named, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchFolder();
        configuration.StateDirectory = scratch.Path;
        using var loggers = LoggerFactory.Create(logging => OperatorLogging.Configure(logging, LogLevel.Warning, toStandardError: true));
        await using var services = OperatorServices.Build(configuration, loggers, TimeProvider.System);
        await services.GetRequiredService<BackgroundWork>().StartWithinAsync(KubernetesAccess.Timeout, cancellationToken);
        foreach (var repository in services.GetRequiredService<RepositoryRegistry>().All)
        {
            var (documents, _) = await repository.LookAsync(cancellationToken);
            foreach (var (document, source) in documents.Where(found => IsNamed(found.Item1.Key, named)))
            {
                return await services
                    .GetServices<IClusterDomain>()
                    .Single(domain => domain.Domain == document.Key.Domain)
                    .ExplainAsync(document, source, cancellationToken);
            }
        }

        return null;
    }

    private static bool IsNamed(ClusterKey key, string named) =>
        named == $"{key.Domain}/{key.Name}" || named == $"{key.Domain}/{key.Namespace}/{key.Name}";
}
