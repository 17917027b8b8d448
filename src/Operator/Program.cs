using GitOpsOperator.Operator.Commands;
using GitOpsOperator.Sandbox;
using GitOpsOperator.Sync.Network;

// The network part of git runs in a child of this same program; it speaks JSON over its standard streams and has no options.
if (args is [GitNetworkChild.Command])
{
    return await GitNetworkChild.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput());
}

// The sandbox starts the program again inside its namespaces.
if (args is [SandboxCommand.NodeArgument, ..])
{
    return await SandboxCommand.RunNodeAsync(args, CancellationToken.None);
}

return await RootCommandFactory.Create().Parse(args).InvokeAsync();
