namespace GitOpsOperator.Demo.Steps;

/// <summary>Somebody changes the live cluster by hand: the status branch says what and who, and it is reverted.</summary>
internal static class ManualEditStep
{
    private const string DriftPath = "drift/default/orders.md";

    public static async Task RunAsync(DemoContext context, CancellationToken cancellationToken)
    {
        var member = (await context.StatusAsync(cancellationToken)).Members.First(member => member.Role == "voter").Name;
        string[] edit = ["scale", "statefulset", member, "--replicas=0"];
        context.Terminal.Say($"$ kubectl {string.Join(' ', edit)}");
        await context.Environment.KubectlAsync(edit, cancellationToken);

        var drift = await context.FileUntilAsync(
            DriftPath,
            "the edit, with who made it, and that it is cured",
            text =>
                text.Split('\n')
                    .Any(line =>
                        line.Contains("replicas", StringComparison.Ordinal)
                        && line.Contains("kubectl", StringComparison.Ordinal)
                        && line.Contains("cured", StringComparison.Ordinal)
                    ),
            cancellationToken
        );
        context.Terminal.Say($"{DriftPath} on the status branch:");
        context.Terminal.Quote(drift);
        var status = await context.StatusUntilAsync(
            $"{member} back",
            status => status.Phase == "Converged" && status.HealthyVoters == 3,
            cancellationToken
        );
        context.Terminal.Good($"git says: {status.Summary}");
    }
}
