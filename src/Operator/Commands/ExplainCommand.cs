using System.CommandLine;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>explain</c>: why a cluster is where it is.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var options = new ConfigurationOptions();
        var cluster = new Argument<string>("cluster") { Description = "KIND/NAME such as etcd/orders, or KIND/NAMESPACE/NAME" };
        var path = new Argument<string?>("path") { Description = "For a Prometheus: a folder with documents, or one file", Arity = ArgumentArity.ZeroOrOne };
        var promtool = new Option<string>("--promtool")
        {
            Description = "With PATH: folder with VERSION/promtool, which reads each rule",
            DefaultValueFactory = _ => new PrometheusConfiguration().Promtool,
        };
        var command = new Command("explain", """
            Show what is seen of a cluster now, what the gate says to it line by line, the next step or the reason for waiting, and what
            would unblock it. Nothing is changed. One look cannot tell how long all has been steady: that it has is assumed.

            Of a Prometheus: which monitors and rules it has, of git and of the cluster, selected by what, and why not the others. With PATH,
            of the documents there alone: that needs no cluster and no configuration.

            Exit code: 0 explained, 1 error (no document for such a cluster, or no configuration comes of it).
            """)
        {
            cluster, path, promtool,
        };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => CommandFaults.CatchAsync(async () =>
        {
            var named = parsed.GetRequiredValue(cluster);
            if (parsed.GetValue(path) is { } documents)
            {
                return await SelectionExplanation.RunAsync(named, documents, parsed.GetRequiredValue(promtool), cancellationToken);
            }

            if (await ExplainAsync(options.Read(parsed), named, cancellationToken) is { } text)
            {
                Console.WriteLine(text.TrimEnd('\n'));
                return ExitCodes.Success;
            }

            await Console.Error.WriteLineAsync($"No repository of the configuration has a document for {named}; a cluster is named as in etcd/orders");
            return ExitCodes.Error;
        }));
        return command;
    }

    private static async Task<string?> ExplainAsync(OperatorConfiguration configuration, string named, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchFolder();
        configuration.StateDirectory = scratch.Path;
        using var loggers = LoggerFactory.Create(logging => OperatorLogging.Configure(logging, LogLevel.Warning, toStandardError: true));
        await using var parts = new OperatorParts(configuration, loggers, TimeProvider.System);
        await parts.StartWithinAsync(KubernetesAccess.Patience, cancellationToken);
        foreach (var repository in parts.Repositories.All)
        {
            var (documents, _) = await repository.Follower.LookAsync(cancellationToken);
            foreach (var (document, source) in documents.Where(found => IsNamed(found.Item1.Key, named)))
            {
                return await parts.Domains.Single(domain => domain.Domain == document.Key.Domain).ExplainAsync(document, source, cancellationToken);
            }
        }

        return null;
    }

    private static bool IsNamed(ClusterKey key, string named) =>
        named == $"{key.Domain}/{key.Name}" || named == $"{key.Domain}/{key.Namespace}/{key.Name}";
}
