using GitOpsOperator.Bench;
using GitOpsOperator.Sync.Network;

// The status branch starts its own program for git's network calls, and that program is this one.
if (args is [GitNetworkChild.Command])
{
    return await GitNetworkChild.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput());
}

Console.WriteLine($"{Environment.ProcessorCount} cores, .NET {Environment.Version}");
DriftBench.Run();
PlanBench.Run();
ReadBench.Run();
StatusBench.Run();
return 0;
