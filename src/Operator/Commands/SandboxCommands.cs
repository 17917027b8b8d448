using System.CommandLine;
using GitOpsOperator.Sandbox.History;
using GitOpsOperator.Sandbox.Story;

namespace GitOpsOperator.Operator.Commands;

/// <summary><c>sandbox</c> and what is done with one.</summary>
internal static class SandboxCommands
{
    public static Command Create() => new("sandbox", """
        A small cluster on this machine, for trying and testing: a Kubernetes API, and pods that are real processes.
        It needs Linux namespaces, no root and no container engine. It is a sandbox; production is Kubernetes.
        """)
    {
        Demo(),
        Write(),
        Account(),
    };

    private static Command Demo()
    {
        var directory = new Option<string>("--directory") { Description = "Folder that is emptied and used", DefaultValueFactory = _ => Path.Combine("out", "demo") };
        var example = new Option<string>("--example") { Description = "Repository to start from", DefaultValueFactory = _ => Path.Combine("examples", "repo") };
        var keep = new Option<bool>("--keep") { Description = "Leave all running at the end, until interrupted" };
        var command = new Command("demo", "Tell the whole story: commits that change a size, real etcd that follows, status that comes back.")
        {
            directory, example, keep,
        };
        command.SetAction((parsed, cancellationToken) => SizeStory.TellAsync(
            new(SelfProgram.CommandLine, Path.GetFullPath(parsed.GetRequiredValue(directory)), parsed.GetRequiredValue(example), parsed.GetValue(keep)),
            Console.Out,
            cancellationToken));
        return command;
    }

    private static Command Write()
    {
        var endpoint = new Option<Uri>("--endpoint") { Description = "Client Service of the cluster", Required = true };
        var history = new Option<string>("--history") { Description = "File to append to", Required = true };
        var connections = new Option<int>("--connections") { Description = "Writers side by side", DefaultValueFactory = _ => 4 };
        var pause = new Option<int>("--pause") { Description = "Milliseconds between two writes of one connection", DefaultValueFactory = _ => 20 };
        var command = new Command("write", "Write to an etcd cluster until interrupted, and log every write and its answer.")
        {
            endpoint, history, connections, pause,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var writer = new HistoryWriter(parsed.GetRequiredValue(endpoint), parsed.GetRequiredValue(history), TimeProvider.System);
            await writer.RunAsync(parsed.GetValue(connections), TimeSpan.FromMilliseconds(parsed.GetValue(pause)), cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Account()
    {
        var endpoint = new Option<Uri>("--endpoint") { Description = "Client Service of the cluster", Required = true };
        var history = new Option<string>("--history") { Description = "File that `write` made", Required = true };
        var command = new Command("account", "Compare what a writer was told with what the cluster holds. Exit code: 0 nothing lost, 3 something lost.")
        {
            endpoint, history,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var told = await PutHistory.ReadAsync(parsed.GetRequiredValue(history), cancellationToken);
            var lost = told.Lost(await StoredKeys.ReadAsync(parsed.GetRequiredValue(endpoint), TimeProvider.System, cancellationToken));
            Console.WriteLine($"acknowledged writes: {told.Acknowledged}, lost: {lost.Count}, longest pause: {told.LongestPause()} ms");
            return lost.Count == 0 ? ExitCodes.Success : 3;
        });
        return command;
    }
}
