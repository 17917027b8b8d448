namespace GitOpsOperator.Sandbox.Story;

/// <summary>Somebody changes the live cluster by hand: git tells what and who, and it is put back.</summary>
internal static class HandEditAct
{
    private const string DriftPath = "drift/default/orders.md";

    public static async Task TellAsync(Telling telling, CancellationToken cancellationToken)
    {
        var member = (await telling.StatusAsync(cancellationToken)).Members.First(member => member.Role == "voter").Name;
        string[] edit = ["scale", "statefulset", member, "--replicas=0"];
        telling.Terminal.Say($"$ kubectl {string.Join(' ', edit)}");
        await telling.Stage.KubectlAsync(edit, cancellationToken);

        var drift = await telling.FileUntilAsync(
            DriftPath, "the edit, with who made it, and that it is cured",
            text => text.Split('\n').Any(line => line.Contains("replicas", StringComparison.Ordinal)
                && line.Contains("kubectl", StringComparison.Ordinal) && line.Contains("cured", StringComparison.Ordinal)),
            cancellationToken);
        telling.Terminal.Say($"{DriftPath} on the status branch:");
        telling.Terminal.Quote(drift);
        var status = await telling.StatusUntilAsync(
            $"{member} back", status => status.Phase == "Converged" && status.HealthyVoters == 3, cancellationToken);
        telling.Terminal.Good($"git says: {status.Headline}");
    }
}
