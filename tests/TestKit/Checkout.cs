namespace GitOpsOperator.TestKit;

/// <summary>Where the repository stands on disk. The compiler's own idea of a source path is of no use: deterministic builds rewrite
/// it.</summary>
public static class Checkout
{
    public static string Root { get; } = Find();

    /// <summary>What makes the operator's pods and rights.</summary>
    public static string Deploy => File("deploy");

    /// <summary>A repository that users take as it is.</summary>
    public static string Example => File("examples", "repo");

    public static string File(params string[] path) => Path.Combine([Root, .. path]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "GitOpsOperator.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("These tests run from a build folder inside the repository");
    }
}
