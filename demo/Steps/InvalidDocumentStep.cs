namespace GitOpsOperator.Demo.Steps;

/// <summary>A document that cannot be meant: it is refused with its place, and the live cluster stays as it is.</summary>
internal static class InvalidDocumentStep
{
    public static async Task RunAsync(DemoContext context, CancellationToken cancellationToken)
    {
        await context.Clone.ReplaceAsync(DemoContext.File, "size: 3", "size: 0", cancellationToken);
        context.Terminal.Diff(await context.Clone.DiffAsync(cancellationToken));
        await context.Clone.PushAsync("Scale orders to nothing", cancellationToken);
        var refused = await context.StatusUntilAsync(
            "the document refused with rule, file and line",
            status => status.Findings.Any(finding => finding.StartsWith($"{DemoContext.File}:", StringComparison.Ordinal)),
            cancellationToken
        );
        foreach (var finding in refused.Findings)
        {
            context.Terminal.Quote(finding);
        }

        if (refused.HealthyVoters != 3)
        {
            throw new DemoFailedException($"The live cluster was touched: {refused.HealthyVoters} healthy voters are left of 3");
        }

        context.Terminal.Good("3 healthy voters, as before; the next good commit works:");
        await context.Clone.ReplaceAsync(DemoContext.File, "size: 0", "size: 3", cancellationToken);
        var commit = await context.Clone.PushAsync("Scale orders back to 3", cancellationToken);
        await context.ConvergedAsync(commit, 3, cancellationToken);
    }
}
