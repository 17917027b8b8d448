namespace GitOpsOperator.Sandbox.Story;

/// <summary>The repository that a story's git server serves.</summary>
internal static class BareRepository
{
    /// <summary>Makes one that takes pushes over http.</summary>
    public static async Task CreateAsync(string folder, CancellationToken cancellationToken)
    {
        await Command.OutputAsync(["git", "init", "-q", "--bare", "-b", "main", folder], null, cancellationToken);
        await Command.OutputAsync(["git", "-C", folder, "config", "http.receivepack", "true"], null, cancellationToken);
    }
}
