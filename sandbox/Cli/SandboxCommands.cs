using System.CommandLine;

namespace GitOpsOperator.Sandbox.Cli;

/// <summary>The commands of the program: a sandbox and what is done with one.</summary>
internal static class SandboxCommands
{
    public static RootCommand Create() =>
        new(
            """
            A small cluster on this machine, for trying and testing: a Kubernetes API, and pods that are real processes.
            It needs Linux namespaces, no root and no container engine. It is a sandbox; production is Kubernetes.
            """
        )
        {
            UpCommand.Create(),
            Exec(),
            FaultCommand.Create(),
            HistoryCommands.Write(),
            HistoryCommands.Verify(),
            HistoryCommands.Account(),
            StormCommand.Create(),
            Relay(),
        };

    internal static Option<string> Folder() =>
        new("--directory")
        {
            Description = "Folder of the sandbox: kubeconfigs, volumes, logs",
            DefaultValueFactory = _ => Path.Combine("out", "sandbox"),
        };

    private static Command Exec()
    {
        var directory = Folder();
        var run = new Argument<string[]>("command")
        {
            Description = "After --: the command and its arguments",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("exec", "Run a command inside the network of a running sandbox, and end with its exit code.")
        {
            directory,
            run,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                SandboxCommand.ExecAsync(parsed.GetRequiredValue(directory), parsed.GetRequiredValue(run), Console.Error, cancellationToken)
        );
        return command;
    }

    private static Command Relay()
    {
        var port = new Option<int>("--port") { Description = "Port to listen on, on all addresses", Required = true };
        var command = new Command(
            "relay",
            "Carry what connects to a port through this program's input and output, for who started it by kubectl exec -i."
        )
        {
            port,
        };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => SandboxCommand.RelayAsync(parsed.GetRequiredValue(port), cancellationToken));
        return command;
    }
}
