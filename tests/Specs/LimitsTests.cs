using System.Text;

namespace GitOpsOperator.Specs.Tests;

/// <summary>Whoever can push can write anything: each of these costs the reader next to nothing and is told in one line.</summary>
public sealed class LimitsTests
{
    private static readonly ReadingLimits Small = new()
    {
        Files = 3,
        TotalBytes = 2_000,
        FileBytes = 1_000,
        DocumentsPerFile = 3,
        NodesPerDocument = 60,
        Depth = 5,
    };

    private static readonly string[] Beginnings =
    [
        "",
        "apiVersion: gitops-operator.dev/v1alpha1\nkind: EtcdCluster\nmetadata: {name: orders}\nspec:\n  x: ",
    ];

    [Fact]
    public void Too_many_files_and_nothing_is_read()
    {
        var state = Read(["a", "b", "c", "d"]);
        Assert.Equal(
            ".:1:1: error: 4 YAML files; at most 3 are read, watch a smaller path [too-many-files]",
            Assert.Single(state.Findings).ToString()
        );
        Assert.Empty(state.Documents);
        Assert.Equal(3, Read(["a", "b", "c"]).Documents.Length);
    }

    [Fact]
    public void Too_many_bytes_and_nothing_is_read()
    {
        var padding = new string('#', 900) + "\n";
        var state = Small
            .Reader()
            .Read([Documents.File("a.yaml", padding), Documents.File("b.yaml", padding), Documents.File("c.yaml", padding)]);
        Assert.Equal(
            ".:1:1: error: 2703 bytes of YAML; at most 2000 are read, watch a smaller path [too-many-bytes]",
            Assert.Single(state.Findings).ToString()
        );
    }

    [Fact]
    public void A_large_file_is_refused_and_the_others_are_read()
    {
        var state = Small
            .Reader()
            .Read([Documents.File("a.yaml", new string(' ', 1_001)), Documents.File("b.yaml", Documents.Minimal("orders"))]);
        Assert.Equal(
            "a.yaml:1:1: error: 1001 bytes; a file may hold 1000, split it or keep it outside the watched path [file-size]",
            Assert.Single(state.Findings).ToString()
        );
        Assert.Single(state.Documents);
    }

    [Fact]
    public void Too_many_documents_in_a_file()
    {
        Assert.Equal(
            "too-many-documents",
            Assert.Single(Small.Reader().Read([Documents.File("a.yaml", "---\n---\n---\n---\n")]).Findings).Rule
        );
        Assert.Empty(Small.Reader().Read([Documents.File("a.yaml", "---\n---\n---\n")]).Findings);
    }

    [Fact]
    public void Too_many_nodes_are_not_read_but_the_cluster_is_known()
    {
        var text = Documents.Minimal("orders") + string.Concat(Enumerable.Range(0, 40).Select(i => $"  x{i}: 1\n"));
        var finding = Assert.Single(Small.Reader().Read([Documents.File("a.yaml", text)]).Findings);
        Assert.Equal(("too-many-nodes", Documents.Etcd("orders")), (finding.Rule, finding.Subject));
    }

    [Fact]
    public void Other_groups_may_be_as_large_and_deep_as_they_like()
    {
        var text = "apiVersion: v1\nkind: List\nitems: " + new string('[', 200) + new string(']', 200) + "\n";
        Assert.Empty(Small.Reader().Read([Documents.File("a.yaml", text)]).Findings);
    }

    [Theory]
    [InlineData("a\nb.yaml")]
    [InlineData("a\u001b[31m.yaml")]
    [InlineData("a\u202eb.yaml")]
    public void A_path_that_could_forge_a_report_is_refused(string path)
    {
        var finding = Assert.Single(Documents.Read(Documents.File(path, Documents.Minimal("orders"))).Findings);
        Assert.Equal("file-name", finding.Rule);
        Assert.DoesNotContain(finding.ToString(), letter => char.IsControl(letter) || letter == '\u202e');
    }

    [Fact]
    public void Annotations_together_hold_256_KiB()
    {
        var text = Documents
            .Minimal("orders")
            .Replace("name: orders", $"name: orders\n  annotations: {{a: \"{new string('x', 256 * 1024)}\"}}", StringComparison.Ordinal);
        Assert.Equal("annotation", Assert.Single(Documents.Read(text).Findings).Rule);
    }

    [Fact]
    public void Only_YAML_files_are_looked_at()
    {
        var state = Documents.Read(
            Documents.File("README.md", "{{"),
            Documents.File("x.json", "{"),
            Documents.File("a.yml", Documents.Minimal("orders"))
        );
        Assert.Empty(state.Findings);
        Assert.Single(state.Documents);
    }

    /// <summary>Each is a megabyte made to be slow: deep, wide, unclosed, all keys, all anchors, all markers.</summary>
    [Theory]
    [Trait("takes", "long")]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("- - a\n")]
    [InlineData("? ")]
    [InlineData("? a\n")]
    [InlineData("&a ")]
    [InlineData("*a ")]
    [InlineData("!a ")]
    [InlineData("---\n")]
    [InlineData("--- |\n")]
    [InlineData("%A b\n")]
    [InlineData("#\n")]
    [InlineData("\"")]
    [InlineData("'a")]
    [InlineData("\\")]
    [InlineData(":")]
    [InlineData("a:\n ")]
    [InlineData("a: b\n")]
    [InlineData(" ")]
    [InlineData("\t")]
    [InlineData("\n")]
    [InlineData("x")]
    [InlineData("1")]
    [InlineData("_")]
    [InlineData("|\n ")]
    [InlineData("a,")]
    [InlineData("a: 1 ")]
    [InlineData("\u2028")]
    public void A_megabyte_of_anything_is_judged_in_time(string piece)
    {
        var size = Encoding.UTF8.GetByteCount(piece);
        foreach (var prefix in Beginnings)
        {
            var text = prefix + string.Concat(Enumerable.Repeat(piece, ((1 << 20) - prefix.Length) / size));
            var clock = TimeProvider.System.GetTimestamp();
            var state = Documents.Read(text);
            Assert.Empty(state.Documents);
            Assert.InRange(TimeProvider.System.GetElapsedTime(clock).TotalSeconds, 0, 20);
        }
    }

    private static DesiredState Read(string[] names) =>
        Small.Reader().Read([.. names.Select(name => Documents.File($"{name}.yaml", Documents.Minimal(name)))]);
}

internal static class LimitedReader
{
    public static DocumentReader Reader(this ReadingLimits limits) => new(DocumentKinds.All, limits);
}
