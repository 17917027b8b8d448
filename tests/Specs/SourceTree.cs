using System.Reflection;

namespace GitOpsOperator.Specs.Tests;

internal static class SourceTree
{
    public static readonly string TestFolder = typeof(SourceTree)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "SourceFolder")
        .Value!;

    public static readonly string Examples = Path.GetFullPath(Path.Combine(TestFolder, "../../examples/repo"));

    public static readonly string Golden = Path.Combine(TestFolder, "golden");
}
