namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>Folders of the checkout that users take as they are.</summary>
internal static class Checkout
{
    public static string Deploy => Under("deploy");

    public static string Example => Under("examples", "repo");

    private static string Under(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "GitOpsOperator.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside a checkout");
        }

        return Path.Combine([folder.FullName, .. parts]);
    }
}
