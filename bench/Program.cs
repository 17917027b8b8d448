using GitOpsOperator.Bench;
using GitOpsOperator.Sync.Git.Network;

// The status branch starts its own program for git's network calls, and that program is this one.
if (args is [GitNetworkChild.Command])
{
    return await GitNetworkChild.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput());
}

Console.WriteLine($"{Environment.ProcessorCount} cores, .NET {Environment.Version}");
(string Name, Func<Task> RunAsync)[] all =
[
    ("drift", Now(DriftBench.Run)),
    ("plan", Now(PlanBench.Run)),
    ("read", Now(ReadBench.Run)),
    ("prometheus", Now(PrometheusBench.Run)),
    ("status", Now(StatusBench.Run)),
    ("load", LoadBench.RunAsync),
    ("idle", IdleBench.RunAsync),
    ("change", ChangeBench.RunAsync),
];
foreach (var (_, runAsync) in all.Where(bench => args.Length == 0 || args.Contains(bench.Name)))
{
    await runAsync();
}

return 0;

static Func<Task> Now(Action run) =>
    () =>
    {
        run();
        return Task.CompletedTask;
    };
