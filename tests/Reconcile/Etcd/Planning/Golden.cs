using System.Runtime.CompilerServices;

namespace GitOpsOperator.Reconcile.Tests.Etcd.Planning;

/// <summary>Texts kept in golden-plans/, compared to the letter.</summary>
internal static class Golden
{
    public static void Matches(string file, string actual, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "golden-plans", file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{file} is missing: run with UPDATE_GOLDEN=1, read it and commit it");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
