using GitOpsOperator.Sandbox.Launch;

namespace GitOpsOperator.Sandbox;

/// <summary>What <c>gitops-sandbox</c> does, one method for each of its commands.</summary>
public static class SandboxCommand
{
    /// <summary>Hidden first argument with which the program starts itself inside the namespaces.</summary>
    public const string NodeArgument = "sandbox-node";

    private const string Default = "default";

    /// <summary>
    /// Runs a sandbox in the foreground until it is cancelled: exit code 0 then, 1 when it fails, 2 where the machine forbids namespaces.
    /// </summary>
    public static Task<int> RunAsync(SandboxOptions options, TextWriter output, CancellationToken cancellationToken) =>
        new SandboxOutside(options, output).RunAsync(cancellationToken);

    /// <summary>The inside; to be called for arguments that begin with <see cref="NodeArgument"/>, before anything else is read or
    /// written.</summary>
    public static Task<int> RunNodeAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        arguments is [NodeArgument, var options]
            ? SandboxInside.RunAsync(InsideOptions.Parse(options), cancellationToken)
            : throw new ArgumentException($"{NodeArgument} is started by the sandbox itself and takes one argument", nameof(arguments));

    /// <summary>Runs a command inside and returns its exit code. On cancellation the command gets SIGTERM, and SIGKILL after 10
    /// s.</summary>
    public static Task<int> ExecAsync(
        string directory,
        IReadOnlyList<string> command,
        TextWriter error,
        CancellationToken cancellationToken
    ) => WithRunningAsync(directory, error, state => SandboxExec.RunAsync(state, command, cancellationToken));

    /// <param name="target">A pod's name, or namespace/name; a node's name.</param>
    /// <param name="from">Of a partition: an address, with a port where only that is meant; null for everything.</param>
    /// <param name="seconds">Of what makes a node slow: how long it takes, as <see cref="DelayRange.Parse"/> reads it.</param>
    public static Task<int> FaultAsync(
        string directory,
        Fault fault,
        string target,
        string? from,
        string? seconds,
        TextWriter output,
        CancellationToken cancellationToken
    ) =>
        WithRunningAsync(
            directory,
            output,
            async state =>
            {
                var (@namespace, name) = target.Split('/', 2) is [var first, var second] ? (first, second) : (Default, target);
                var (request, shown) =
                    fault.Lasts ? ($"slow {fault.Name} {target} {seconds}", $"{target}, {seconds} s")
                    : fault.OfNode ? ($"node {fault.Name} {target}", target)
                    : from is null ? ($"fault {fault.Name} {@namespace} {name}", $"{@namespace}/{name}")
                    : ($"partition {@namespace} {name} {from}", $"{@namespace}/{name}");
                var containers = await ControlClient.AskAsync(state.ControlSocket, request, cancellationToken);
                await output.WriteLineAsync(
                    containers.Length == 0 ? $"{fault.Name}: {shown}" : $"{fault.Name}: {shown}, containers: {containers}"
                );
                return 0;
            }
        );

    /// <summary>
    /// Listens on a port and carries what connects there through this program's input and output to whoever started it, until that one
    /// hangs up: how pods reach a port of a machine outside their cluster.
    /// </summary>
    public static async Task<int> RelayAsync(int port, CancellationToken cancellationToken)
    {
        await Relay.RunAsync(port, cancellationToken);
        return 0;
    }

    private static async Task<int> WithRunningAsync(string directory, TextWriter output, Func<SandboxState, Task<int>> act)
    {
        var full = Path.GetFullPath(directory);
        if (SandboxState.Running(full) is not { } state)
        {
            await output.WriteLineAsync($"error: no sandbox runs in {full}; start one with: gitops-sandbox up --directory {directory}");
            return 1;
        }

        try
        {
            return await act(state);
        }
        catch (Exception e) when (e is ControlException or System.Net.Sockets.SocketException)
        {
            await output.WriteLineAsync($"error: {e.Message}");
            return 1;
        }
    }
}
