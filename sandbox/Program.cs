using GitOpsOperator.Sandbox;
using GitOpsOperator.Sandbox.Cli;

// The sandbox starts its own program again inside its namespaces.
if (args is [SandboxCommand.NodeArgument, ..])
{
    return await SandboxCommand.RunNodeAsync(args, CancellationToken.None);
}

// A storm ends its sandbox and its programs in order when it is interrupted; what it left behind would outlive it.
return await SandboxCommands.Create().Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
