using GitOpsOperator.Demo.Environments;

namespace GitOpsOperator.Demo;

/// <summary>What every step in the sandbox uses besides git: the environment, and what the operator prints.</summary>
internal sealed class DemoContext(Terminal terminal, OperatorOutput output, SandboxEnvironment environment, DesiredStateClone clone)
    : GitContext(terminal, clone)
{
    public SandboxEnvironment Environment => environment;

    /// <summary>Waits for the operator to say something, from now on; begin it before what makes it speak.</summary>
    public Task<string> SaysAsync(string ending, CancellationToken cancellationToken) =>
        output.UntilAsync(ending, StepDeadline, cancellationToken);

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
        var plan = await environment.PlanAsync(arguments, cancellationToken);
        if (plan.ExitCode is 2)
        {
            throw new DemoFailedException($"`plan` failed: {plan.Error}{plan.Output}");
        }

        Terminal.Say(shown);
        Terminal.Quote(plan.Output);
    }
}
