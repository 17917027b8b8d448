using System.CommandLine;

namespace GitOpsOperator.Sandbox.Cli;

/// <summary><c>fault</c>: something happens to a pod or a node, for real.</summary>
internal static class FaultCommand
{
    public static Command Create()
    {
        var directory = SandboxCommands.Folder();
        var kind = new Argument<string>("fault")
        {
            Description = "One of:\n" + string.Join('\n', Faults.All.Select(fault => $"{fault.Name}: {fault.Description}")),
        };
        kind.CompletionSources.Add([.. Faults.All.Select(fault => fault.Name)]);
        kind.Validators.Add(result =>
        {
            var given = result.Tokens[0].Value;
            if (Faults.Find(given) is null)
            {
                result.AddError($"'{given}' is no fault; known: {string.Join(", ", Faults.All.Select(fault => fault.Name))}");
            }
        });
        var target = new Argument<string>("target") { Description = "A pod, as NAME or NAMESPACE/NAME; a node for those of nodes" };
        var from = new Option<string?>("--from")
        {
            Description =
                "Of partition: from ADDRESS, ADDRESS:PORT or a network as ADDRESS/PREFIX:PORT alone, not from everything; may "
                + "be done again for more",
        };
        var seconds = new Option<string?>("--seconds")
        {
            Description = "Of slow-start, slow-storage and silent-addresses: seconds, or a range of which each time one is drawn, as 1-120",
        };
        var command = new Command("fault", "Let something happen to a pod or a node, for real.") { kind, target, directory, from, seconds };
        command.Validators.Add(result =>
        {
            if (result.GetValue(from) is not null && Faults.Find(result.GetValue(kind)) != Faults.Partition)
            {
                result.AddError("--from is of use with partition alone");
            }
        });
        command.Validators.Add(result =>
        {
            var (given, lasts) = (
                result.GetValue(seconds),
                Faults.Find(result.GetResult(kind)?.Tokens is [var first, ..] ? first.Value : null)?.Lasts == true
            );
            if (lasts != given is not null)
            {
                result.AddError(
                    lasts ? "how slow is told by --seconds, as 20 or 1-120" : "--seconds is of use with what makes a node slow alone"
                );
            }
            else if (given is not null && DelayRange.Parse(given) is null)
            {
                result.AddError($"--seconds: '{given}' is no number of seconds; give for example 20 or 1-120");
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
                SandboxCommand.FaultAsync(
                    parsed.GetRequiredValue(directory),
                    Faults.Find(parsed.GetRequiredValue(kind))!,
                    parsed.GetRequiredValue(target),
                    parsed.GetValue(from),
                    parsed.GetValue(seconds),
                    Console.Out,
                    cancellationToken
                )
        );
        return command;
    }
}
