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
        var target = new Argument<string>("target") { Description = "A pod, as NAME or NAMESPACE/NAME; a node for node-down and node-up" };
        var from = new Option<string?>("--from")
        {
            Description =
                "Of partition: from ADDRESS, ADDRESS:PORT or a network as ADDRESS/PREFIX:PORT alone, not from everything; may "
                + "be done again for more",
        };
        var command = new Command("fault", "Let something happen to a pod or a node, for real.") { kind, target, directory, from };
        command.Validators.Add(result =>
        {
            if (result.GetValue(from) is not null && Faults.Find(result.GetValue(kind)) != Faults.Partition)
            {
                result.AddError("--from is of use with partition alone");
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
                SandboxCommand.FaultAsync(
                    parsed.GetRequiredValue(directory),
                    Faults.Find(parsed.GetRequiredValue(kind))!,
                    parsed.GetRequiredValue(target),
                    parsed.GetValue(from),
                    Console.Out,
                    cancellationToken
                )
        );
        return command;
    }
}
