using GitOpsOperator.TestKit;

namespace GitOpsOperator.Forge.Tests;

/// <summary>Comments as they were read and found right, in golden-comments/.</summary>
internal static class GoldenComments
{
    /// <summary>Compares to the letter; UPDATE_GOLDEN=1 writes the file.</summary>
    public static void Matches(string file, string actual)
    {
        var path = Checkout.File("tests", "Forge", "golden-comments", file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{file} is missing: run with UPDATE_GOLDEN=1, read it and commit it");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
