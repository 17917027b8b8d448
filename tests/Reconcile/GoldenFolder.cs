namespace GitOpsOperator.Reconcile.Tests;

/// <summary>Where golden files stand in the checkout. The compiler's own idea of a source path is of no use: deterministic builds rewrite
/// it.</summary>
internal static class GoldenFolder
{
    public static bool Updating => Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    /// <param name="path">Below <c>tests/</c>.</param>
    public static string At(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GitOpsOperator.sln")))
            {
                return Path.Combine(folder.FullName, "tests", path);
            }
        }

        throw new InvalidOperationException("These tests run from a build folder inside the repository");
    }
}
