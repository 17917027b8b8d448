namespace GitOpsOperator.Operator.Tests;

/// <summary>Files of the project that are tested themselves. Source paths are rewritten in deterministic builds, so it is searched for.</summary>
internal static class Checkout
{
    public static string File(params string[] path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "GitOpsOperator.sln")))
            {
                return Path.Combine([folder.FullName, .. path]);
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} does not lie in a checkout of the project");
    }
}
