namespace GitOpsOperator.Sandbox.Story;

/// <summary>A size changed on a branch: what a reviewer reads before the merge, and what is done after it.</summary>
internal static class PullRequestAct
{
    private const string Branch = "three-members";

    public static async Task TellAsync(Telling telling, CancellationToken cancellationToken)
    {
        await telling.Clone.BranchAsync(Branch, cancellationToken);
        await telling.Clone.ReplaceAsync(Telling.File, "size: 5", "size: 3", cancellationToken);
        telling.Terminal.Diff(await telling.Clone.DiffAsync(cancellationToken));
        var proposed = await telling.Clone.PushAsync("Scale orders from 5 to 3", cancellationToken);
        telling.Terminal.Say($"Branch {Branch} is pushed. This is the comment that a pull request of it gets:");
        await telling.ShowPlanAsync(
            ["--revision", $"refs/heads/{Branch}", "--output", "markdown"],
            $"$ gitops-operator plan --revision refs/heads/{Branch} --output markdown",
            cancellationToken);

        telling.Terminal.Say("The reviewer agrees, and merges.");
        await telling.Clone.MergeAsync(Branch, cancellationToken);

        // A status names the commit that last changed the document, which the merge itself does not.
        await telling.ConvergedAsync(proposed, 3, cancellationToken);
    }
}
