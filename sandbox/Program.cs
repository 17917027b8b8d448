using GitOpsOperator.Sandbox;
using GitOpsOperator.Sandbox.Cli;

// The sandbox starts its own program again inside its namespaces.
if (args is [SandboxCommand.NodeArgument, ..])
{
    return await SandboxCommand.RunNodeAsync(args, CancellationToken.None);
}

return await SandboxCommands.Create().Parse(args).InvokeAsync();
