namespace GitOpsOperator.Demo;

/// <summary>The repository that a demo's git server serves.</summary>
internal static class BareRepository
{
    /// <summary>Makes one that takes pushes over http.</summary>
    public static async Task CreateAsync(string folder, CancellationToken cancellationToken)
    {
        await ProgramRun.OutputAsync(["git", "init", "-q", "--bare", "-b", "main", folder], null, cancellationToken);
        await ProgramRun.OutputAsync(["git", "-C", folder, "config", "http.receivepack", "true"], null, cancellationToken);
    }
}
