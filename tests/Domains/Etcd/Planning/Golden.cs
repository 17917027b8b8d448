using GitOpsOperator.Reconcile.Tests;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

/// <summary>Texts kept in golden-plans/, compared to the letter.</summary>
internal static class Golden
{
    public static void Matches(string file, string actual)
    {
        var path = Path.Combine(GoldenFolder.At("Domains/Etcd/golden-plans"), file);
        if (GoldenFolder.Updating)
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{file} is missing: run with UPDATE_GOLDEN=1, read it and commit it");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
