using GitOpsOperator.TestKit;

namespace GitOpsOperator.Operator.Tests.Deploy;

/// <summary>deploy/ as a user changes it: with components that are comments as delivered.</summary>
internal static class DeployCopy
{
    /// <returns>The folder for <c>kubectl apply -k</c>.</returns>
    public static async Task<string> WithAsync(string folder, string[] components, CancellationToken cancellationToken)
    {
        var copy = Path.Combine(folder, "deploy");
        var source = Checkout.File("deploy");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        var path = Path.Combine(copy, "kustomization.yaml");
        var text = (await File.ReadAllTextAsync(path, cancellationToken)).Replace("# components:", "components:", StringComparison.Ordinal);
        foreach (var component in components)
        {
            Assert.Contains($"#   - {component}\n", text, StringComparison.Ordinal);
            text = text.Replace($"#   - {component}\n", $"  - {component}\n", StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(path, text, cancellationToken);
        return copy;
    }
}
