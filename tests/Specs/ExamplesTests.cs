using GitOpsOperator.Domains.Etcd.Spec;

namespace GitOpsOperator.Specs.Tests;

/// <summary>What a newcomer copies must be right.</summary>
public sealed class ExamplesTests
{
    [Fact]
    public void Every_example_is_valid_without_a_warning()
    {
        var files = Directory
            .GetFiles(SourceTree.Examples, "*", SearchOption.AllDirectories)
            .Select(path => Documents.File(Path.GetRelativePath(SourceTree.Examples, path), File.ReadAllBytes(path)))
            .ToArray();

        var state = Documents.Read(files);

        Assert.Empty(state.Findings);
        var orders = Assert.IsType<EtcdClusterDocument>(
            Assert.Single(state.Documents, document => document.Key == Documents.Etcd("orders"))
        );
        Assert.Equal(3, orders.Spec.Size);
        Assert.Equal(new(3, 5, 16), orders.Spec.Version);
    }

    [Fact]
    public void Every_yaml_file_among_the_examples_says_something()
    {
        foreach (var path in Directory.GetFiles(SourceTree.Examples, "*.yaml", SearchOption.AllDirectories))
        {
            Assert.NotEmpty(Documents.Read(Documents.File("example.yaml", File.ReadAllBytes(path))).Documents);
        }
    }
}
