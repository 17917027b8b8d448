namespace GitOpsOperator.Sandbox.Story;

/// <summary>A document that cannot be meant: it is refused with its place, and the live cluster stays as it is.</summary>
internal static class RefusalAct
{
    public static async Task TellAsync(Telling telling, CancellationToken cancellationToken)
    {
        await telling.Clone.ReplaceAsync(Telling.File, "size: 3", "size: 0", cancellationToken);
        telling.Terminal.Diff(await telling.Clone.DiffAsync(cancellationToken));
        await telling.Clone.PushAsync("Scale orders to nothing", cancellationToken);
        var refused = await telling.StatusUntilAsync(
            "the document refused with rule, file and line",
            status => status.Findings.Any(finding => finding.StartsWith($"{Telling.File}:", StringComparison.Ordinal)), cancellationToken);
        foreach (var finding in refused.Findings)
        {
            telling.Terminal.Quote(finding);
        }

        if (refused.HealthyVoters != 3)
        {
            throw new StoryFailedException($"The live cluster was touched: {refused.HealthyVoters} healthy voters are left of 3");
        }

        telling.Terminal.Good("3 healthy voters, as before; the next good commit works:");
        await telling.Clone.ReplaceAsync(Telling.File, "size: 0", "size: 3", cancellationToken);
        var commit = await telling.Clone.PushAsync("Scale orders back to 3", cancellationToken);
        await telling.ConvergedAsync(commit, 3, cancellationToken);
    }
}
