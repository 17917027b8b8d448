namespace GitOpsOperator.Sandbox.Story;

/// <summary>What goes wrong by itself: a member lost with its data, an operator killed in the middle of its work.</summary>
internal static class MisfortuneActs
{
    public static async Task MemberWipedAsync(Telling telling, CancellationToken cancellationToken)
    {
        var before = await telling.StatusAsync(cancellationToken);
        var victim = before.Members.First(member => member.Role == "voter").Name;
        telling.Terminal.Say($"{victim} is killed with SIGKILL and its volume emptied.");
        await telling.Stage.WipeAsync($"{victim}-0", cancellationToken);
        var status = await telling.StatusUntilAsync(
            $"{victim} replaced by a member with a new index",
            status => status.Phase == "Converged" && status.HealthyVoters == 3 && status.Members.All(member => member.Name != victim),
            cancellationToken);
        telling.Terminal.Good($"git says: {status.Headline}");
    }

    public static async Task OperatorKilledAsync(Telling telling, CancellationToken cancellationToken)
    {
        // Listening begins before the commit: the operator may be quick.
        var joining = telling.SaysAsync("as a learner", cancellationToken);
        var commit = await telling.CommitSizeAsync(3, 5, cancellationToken);
        await joining;
        await telling.Stage.KillOperatorAsync();
        telling.Terminal.Say("The operator is dead (SIGKILL). It is started again, and looks at what is there.");
        telling.Stage.StartOperator();
        await telling.ConvergedAsync(commit, 5, cancellationToken);
    }
}
