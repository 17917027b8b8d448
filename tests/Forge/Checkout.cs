namespace GitOpsOperator.Forge.Tests;

/// <summary>Where the repository stands on disk. The compiler's own idea of a source path is of no use: deterministic builds rewrite it.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    /// <summary>Compares to the letter with a file of golden-comments/; UPDATE_GOLDEN=1 writes it.</summary>
    public static void Matches(string file, string actual)
    {
        var path = Path.Combine(Root, "tests", "Forge", "golden-comments", file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{file} is missing: run with UPDATE_GOLDEN=1, read it and commit it");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GitOpsOperator.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("These tests run from a build folder inside the repository");
    }
}
