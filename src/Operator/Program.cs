using GitOpsOperator.Operator;
using GitOpsOperator.Operator.Commands;
using GitOpsOperator.Sync.Git.Network;

// The network part of git runs in a child of this same program; it speaks JSON over its standard streams and has no options.
if (args is [GitNetworkChild.Command])
{
    return await GitNetworkChild.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput());
}

return await CommandLine.RunAsync(args, Modules.Create);
