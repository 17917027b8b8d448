namespace GitOpsOperator.Sandbox.Story;

/// <summary>What every act on the sandbox's stage uses besides git: the stage, and the operator's own words.</summary>
internal sealed class Telling(Terminal terminal, OperatorWords words, Stage stage, DesiredStateClone clone) : GitTelling(terminal, clone)
{
    public Stage Stage => stage;

    /// <summary>Waits for the operator to say something, from now on; begin it before what makes it speak.</summary>
    public Task<string> SaysAsync(string ending, CancellationToken cancellationToken) => words.UntilAsync(ending, ActDeadline, cancellationToken);

    public async Task ResizeAsync(int from, int to, CancellationToken cancellationToken)
    {
        var commit = await CommitSizeAsync(from, to, cancellationToken);
        await ConvergedAsync(commit, to, cancellationToken);
    }

    /// <summary>The size changes by a commit on main; gives the commit.</summary>
    public async Task<string> CommitSizeAsync(int from, int to, CancellationToken cancellationToken)
    {
        await WriteSizeAsync(from, to, cancellationToken);
        await ShowPlanAsync(cancellationToken);
        return await PushSizeAsync(from, to, cancellationToken);
    }

    public async Task ShowPlanAsync(CancellationToken cancellationToken) =>
        await ShowPlanAsync([Clone.Folder], "$ gitops-operator plan", cancellationToken);

    /// <param name="shown">The command as a person would type it.</param>
    public async Task ShowPlanAsync(IReadOnlyList<string> arguments, string shown, CancellationToken cancellationToken)
    {
        var plan = await stage.PlanAsync(arguments, cancellationToken);
        if (plan.ExitCode is 1)
        {
            throw new StoryFailedException($"`plan` failed: {plan.Error}{plan.Output}");
        }

        Terminal.Say(shown);
        Terminal.Quote(plan.Output);
    }
}
