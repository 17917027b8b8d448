namespace GitOpsOperator.Sandbox.Cli;

/// <summary>Where the sandbox's programs are looked for: a folder named by the environment, else the cache of the checkout this runs
/// in.</summary>
internal static class SandboxBinaries
{
    public static string Folder()
    {
        if (Environment.GetEnvironmentVariable("GITOPS_SANDBOX_BINARIES") is { Length: > 0 } named)
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GitOpsOperator.sln")))
            {
                return Path.Combine(folder.FullName, ".cache", "binaries");
            }
        }

        return Path.Combine(".cache", "binaries");
    }
}
