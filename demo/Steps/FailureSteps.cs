namespace GitOpsOperator.Demo.Steps;

/// <summary>What goes wrong by itself: a member lost with its data, an operator killed in the middle of its work.</summary>
internal static class FailureSteps
{
    public static async Task MemberWipedAsync(DemoContext context, CancellationToken cancellationToken)
    {
        var before = await context.StatusAsync(cancellationToken);
        var victim = before.Members.First(member => member.Role == "voter").Name;
        context.Terminal.Say($"{victim} is killed with SIGKILL and its volume emptied.");
        await context.Environment.WipeAsync($"{victim}-0", cancellationToken);
        var status = await context.StatusUntilAsync(
            $"{victim} replaced by a member with a new index",
            status => status.Phase == "Converged" && status.HealthyVoters == 3 && status.Members.All(member => member.Name != victim),
            cancellationToken
        );
        context.Terminal.Good($"git says: {status.Summary}");
    }

    public static async Task OperatorKilledAsync(DemoContext context, CancellationToken cancellationToken)
    {
        // Listening begins before the commit: the operator may be quick.
        var joining = context.SaysAsync("as a learner", cancellationToken);
        var commit = await context.CommitSizeAsync(3, 5, cancellationToken);
        await joining;
        await context.Environment.KillOperatorAsync();
        context.Terminal.Say("The operator is dead (SIGKILL). It is started again, and looks at what is there.");
        context.Environment.StartOperator();
        await context.ConvergedAsync(commit, 5, cancellationToken);
    }
}
