using System.CommandLine;
using GitOpsOperator.Sandbox.Launch;
using GitOpsOperator.Sandbox.Storm;

namespace GitOpsOperator.Sandbox.Cli;

/// <summary><c>storm</c>: a cluster to which things happen by a seed.</summary>
internal static class StormCommand
{
    private const int Failed = 1;

    public static Command Create()
    {
        var seed = new Option<int>("--seed") { Description = "What is drawn follows from it", Required = true };
        var minutes = new Option<double>("--minutes") { Description = "How long things are made to happen", DefaultValueFactory = _ => 10 };
        var program = new Option<string>("--operator") { Description = "The operator's program", Required = true };
        var directory = new Option<string>("--directory")
        {
            Description = "Folder of everything that it writes; what is there is deleted",
            DefaultValueFactory = _ => Path.Combine("out", "storm"),
        };
        var binaries = new Option<string>("--binaries")
        {
            Description = "Folder that scripts/binaries.sh filled. Also: GITOPS_SANDBOX_BINARIES",
            DefaultValueFactory = _ => SandboxBinaries.Folder(),
        };
        var command = new Command(
            "storm",
            """
            Run an etcd cluster under the operator and a writer in a sandbox of its own, let everything that a sandbox can do happen to
            it by a seed, heal it, and hold what was acknowledged against what is there.
            Exit code: 0 nothing lost, all linearizable and no volume deleted of a listed member, 3 otherwise, 1 it could not be run.
            """
        )
        {
            seed,
            minutes,
            program,
            directory,
            binaries,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                try
                {
                    var options = new StormOptions
                    {
                        Seed = parsed.GetValue(seed),
                        Duration = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                        Operator = Path.GetFullPath(parsed.GetRequiredValue(program)),
                        Directory = Path.GetFullPath(parsed.GetRequiredValue(directory)),
                        Binaries = Path.GetFullPath(parsed.GetRequiredValue(binaries)),
                    };
                    return await new StormRun(options, Console.Out, TimeProvider.System).RunAsync(cancellationToken);
                }
                catch (Exception e) when (e is StormFailedException or ControlException)
                {
                    await Console.Error.WriteLineAsync($"error: {e.Message}");
                    return Failed;
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    await Console.Error.WriteLineAsync("error: interrupted, so nothing is known");
                    return Failed;
                }
            }
        );
        return command;
    }
}
