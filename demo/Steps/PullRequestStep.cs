namespace GitOpsOperator.Demo.Steps;

/// <summary>A size changed on a branch: what a reviewer reads before the merge, and what is done after it.</summary>
internal static class PullRequestStep
{
    private const string Branch = "three-members";

    public static async Task RunAsync(DemoContext context, CancellationToken cancellationToken)
    {
        await context.Clone.BranchAsync(Branch, cancellationToken);
        await context.Clone.ReplaceAsync(DemoContext.File, "size: 5", "size: 3", cancellationToken);
        context.Terminal.Diff(await context.Clone.DiffAsync(cancellationToken));
        var proposed = await context.Clone.PushAsync("Scale orders from 5 to 3", cancellationToken);
        context.Terminal.Say($"Branch {Branch} is pushed. This is the comment that a pull request of it gets:");
        await context.ShowPlanAsync(
            ["--revision", $"refs/heads/{Branch}", "--output", "markdown"],
            $"$ gitops-operator plan --revision refs/heads/{Branch} --output markdown",
            cancellationToken
        );

        context.Terminal.Say("The reviewer agrees, and merges.");
        await context.Clone.MergeAsync(Branch, cancellationToken);

        // A status names the commit that last changed the document, which the merge itself does not.
        await context.ConvergedAsync(proposed, 3, cancellationToken);
    }
}
