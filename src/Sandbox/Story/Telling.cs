using System.Diagnostics;
using System.Globalization;

namespace GitOpsOperator.Sandbox.Story;

/// <summary>What every act of the story uses: the stage, the developer's clone, what is printed, and waiting for git to say something.</summary>
internal sealed class Telling(Terminal terminal, OperatorWords words, Stage stage, DesiredStateClone clone)
{
    public const string File = "clusters/orders.yaml";
    public const string StatusPath = "status/default/orders.yaml";
    public const string StatusBranch = "gitops-status/default";

    private static readonly TimeSpan ActDeadline = TimeSpan.FromSeconds(120);

    public Terminal Terminal => terminal;

    public Stage Stage => stage;

    public DesiredStateClone Clone => clone;

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
        await clone.ReplaceAsync(File, $"size: {from}", $"size: {to}", cancellationToken);
        terminal.Diff(await clone.DiffAsync(cancellationToken));
        await ShowPlanAsync(cancellationToken);
        return await clone.PushAsync($"Scale orders from {from} to {to}", cancellationToken);
    }

    public async Task ShowPlanAsync(CancellationToken cancellationToken) =>
        await ShowPlanAsync([clone.Folder], "$ gitops-operator plan", cancellationToken);

    /// <param name="shown">The command as a person would type it.</param>
    public async Task ShowPlanAsync(IReadOnlyList<string> arguments, string shown, CancellationToken cancellationToken)
    {
        var plan = await stage.PlanAsync(arguments, cancellationToken);
        if (plan.ExitCode is 1)
        {
            throw new StoryFailedException($"`plan` failed: {plan.Error}{plan.Output}");
        }

        terminal.Say(shown);
        terminal.Quote(plan.Output);
    }

    public async Task ConvergedAsync(string commit, int size, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var status = await StatusUntilAsync(
            $"{size} healthy voters at commit {commit[..7]}",
            status => status.Phase == "Converged" && status.Revision == commit && status.HealthyVoters == size && status.Members.Count == size,
            cancellationToken);
        terminal.Good(string.Create(CultureInfo.InvariantCulture, $"git says: {status.Headline} ({clock.Elapsed.TotalSeconds:F0} s)"));
    }

    public Task<StatusFile> StatusAsync(CancellationToken cancellationToken) => StatusUntilAsync("a status", _ => true, cancellationToken);

    public async Task<StatusFile> StatusUntilAsync(string expected, Func<StatusFile, bool> holds, CancellationToken cancellationToken) =>
        StatusFile.Parse(await FileUntilAsync(StatusPath, expected, text => holds(StatusFile.Parse(text)), cancellationToken));

    /// <summary>Looks at a file of the status branch until it says what is expected.</summary>
    /// <exception cref="StoryFailedException">It did not within the time of an act.</exception>
    public async Task<string> FileUntilAsync(string path, string expected, Func<string, bool> holds, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ActDeadline);
        string? seen = null;
        try
        {
            while (true)
            {
                seen = await clone.StatusAsync(path, deadline.Token);
                if (seen is not null && holds(seen))
                {
                    return seen;
                }

                await Task.Delay(250, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoryFailedException($"After {ActDeadline.TotalSeconds} s there is no word in git of {expected}. {path} says:\n{seen ?? "nothing"}");
        }
    }
}
