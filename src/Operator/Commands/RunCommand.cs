using System.CommandLine;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Hosting;
using GitOpsOperator.Reconcile.Commands;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>run</c>: the operator itself, until told to stop.</summary>
internal static class RunCommand
{
    public static Command Create(ModuleFactory modules)
    {
        var options = new ConfigurationOptions(modules);
        var command = new OperatorCommand(
            "run",
            """
            Follow the configured repositories on a schedule and keep every cluster as they say, until stopped.

            SIGTERM ends it at the next boundary of a step; killing it harms nothing.
            """,
            OperatorCommand.Exit(ExitCode.Success, "stopped")
        );
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(options.Read(parsed), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> RunAsync(OperatorConfiguration configuration, CancellationToken cancellationToken)
    {
        using var host = Build(configuration);
        await host.RunAsync(cancellationToken);
        return (ExitCode)Environment.ExitCode;
    }

    internal static IHost Build(OperatorConfiguration configuration) =>
        OperatorHost.Build(configuration, logging => OperatorLogging.Configure(logging, LogLevel.Information, toStandardError: false));
}
