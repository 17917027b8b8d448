using System.CommandLine;
using System.Net;
using GitOpsOperator.Sandbox.History;

namespace GitOpsOperator.Sandbox.Cli;

/// <summary><c>write</c>, a client that logs what it does, and <c>verify</c>, which holds that against the cluster.</summary>
internal static class HistoryCommands
{
    private const int Success = 0;
    private const int Violated = 3;

    public static Command Write()
    {
        var endpoint = Endpoint();
        var history = new Option<string>("--history") { Description = "File to append to", Required = true };
        var connections = new Option<int>("--connections") { Description = "Writers side by side", DefaultValueFactory = _ => 4 };
        var pause = new Option<int>("--pause")
        {
            Description = "Milliseconds between two writes of one connection",
            DefaultValueFactory = _ => 20,
        };
        var from = new Option<string?>("--from") { Description = "Address to connect from, where the machine has several" };
        var command = new Command("write", "Write to an etcd cluster until interrupted, and log every write and its answer.")
        {
            endpoint,
            history,
            connections,
            pause,
            from,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var writer = new HistoryWriter(
                    parsed.GetRequiredValue(endpoint),
                    parsed.GetRequiredValue(history),
                    TimeProvider.System,
                    parsed.GetValue(from) is { } address ? IPAddress.Parse(address) : null
                );
                await writer.RunAsync(parsed.GetValue(connections), TimeSpan.FromMilliseconds(parsed.GetValue(pause)), cancellationToken);
                return Success;
            }
        );
        return command;
    }

    public static Command Verify() => Verify("verify");

    /// <summary>What <c>verify</c> was called before, for one minor version more.</summary>
    public static Command Account()
    {
        var command = Verify("account");
        command.Hidden = true;
        return command;
    }

    private static Command Verify(string name)
    {
        var endpoint = Endpoint();
        var history = new Option<string>("--history") { Description = "File that `write` made", Required = true };
        var command = new Command(
            name,
            "Compare what a writer was told with what the cluster holds. Exit code: 0 nothing lost and all linearizable, 3 otherwise."
        )
        {
            endpoint,
            history,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var path = parsed.GetRequiredValue(history);
                var puts = await PutHistory.ReadAsync(path, cancellationToken);
                var registers = await RegisterHistory.ReadAsync(RegisterHistory.PathBeside(path), cancellationToken);
                var result = registers.Verify();
                var lost = puts.Lost(await StoredKeys.ReadAsync(parsed.GetRequiredValue(endpoint), TimeProvider.System, cancellationToken));
                Console.WriteLine(
                    $"acknowledged writes: {puts.Acknowledged}, lost: {lost.Count}, longest pause: {puts.MaxPause()} ms; "
                        + $"{Line(registers.Answered, result)}"
                );
                return lost.Count == 0 && result.Inexplicable.IsEmpty ? Success : Violated;
            }
        );
        return command;
    }

    private static string Line(int answered, RegisterResult result) =>
        !result.Inexplicable.IsEmpty ? $"not linearizable: {string.Join(", ", result.Inexplicable)}"
        : result.Undecided.IsEmpty ? $"{answered} reads, writes and swaps of shared keys are linearizable"
        : $"{answered} reads, writes and swaps of shared keys are linearizable, but for {result.Undecided.Length} keys of which "
            + "it takes too long to say";

    private static Option<Uri> Endpoint() =>
        new("--endpoint")
        {
            Description = "Client Service of the cluster",
            Required = true,
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var endpoint))
                {
                    return endpoint;
                }

                result.AddError(
                    $"--endpoint: '{result.Tokens[0].Value}' is no URL; give for example http://orders-client.default.svc:2379"
                );
                return null;
            },
        };
}
