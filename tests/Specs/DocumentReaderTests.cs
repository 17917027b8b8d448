using System.Collections.Immutable;
using GitOpsOperator.Specs.Reading;

namespace GitOpsOperator.Specs.Tests;

public sealed class DocumentReaderTests
{
    [Fact]
    public void A_bad_document_blocks_no_other()
    {
        var state = Documents.Read(
            Documents.File(
                "a.yaml",
                Documents.Minimal("a") + "---\n" + Documents.Minimal("b").Replace("size: 3", "size: 0", StringComparison.Ordinal)
            ),
            Documents.File("c.yaml", Documents.Minimal("c")),
            Documents.File("d.yaml", "{")
        );

        Assert.Equal([Documents.Etcd("a"), Documents.Etcd("c")], state.Documents.Select(document => document.Key));
    }

    [Fact]
    public void A_cluster_in_two_files_names_both_and_neither_wins()
    {
        var state = Documents.Read(
            Documents.File("a.yaml", Documents.Minimal("orders")),
            Documents.File("b/c.yaml", "\n" + Documents.Minimal("orders"))
        );

        Assert.Empty(state.Documents);
        Assert.Equal(
            [
                "a.yaml:1:1: error: metadata.name: etcd/orders is defined also at b/c.yaml:2:1; neither is taken until one of "
                    + "them is removed [defined-twice]",
                "b/c.yaml:2:1: error: metadata.name: etcd/orders is defined also at a.yaml:1:1; neither is taken until one of "
                    + "them is removed [defined-twice]",
            ],
            state.Findings.Select(finding => finding.ToString())
        );
        Assert.All(state.Findings, finding => Assert.Equal(Documents.Etcd("orders"), finding.Subject));
    }

    [Fact]
    public void A_cluster_is_withdrawn_only_when_no_document_can_be_it()
    {
        var (orders, stock) = (Documents.Etcd("orders"), Documents.Etcd("stock"));
        Assert.True(Documents.Read(Documents.Minimal("stock")).IsWithdrawn(orders));
        Assert.False(Documents.Read(Documents.Minimal("stock")).IsWithdrawn(stock));
        Assert.True(new DesiredState([], []).IsWithdrawn(orders));

        var broken = Documents.Minimal("stock").Replace("size: 3", "size: 0", StringComparison.Ordinal);
        Assert.True(Documents.Read(broken).IsWithdrawn(orders));
        Assert.False(Documents.Read(broken).IsWithdrawn(stock));

        // Nobody knows whose document this was.
        Assert.False(Documents.Read(Documents.Minimal("stock") + "---\n}").IsWithdrawn(orders));
        Assert.False(Documents.Read(Documents.Minimal("Stock")).IsWithdrawn(orders));

        // A warning leaves nothing open.
        Assert.True(Documents.Read("a: 1").IsWithdrawn(orders));
    }

    [Fact]
    public void A_file_that_did_not_change_is_not_parsed_again()
    {
        var kind = new CountingKind();
        var reader = new DocumentReader([kind]);
        var (a, b) = (Documents.File("a.yaml", Redis("a")), Documents.File("b.yaml", Redis("b")));

        var first = reader.Read([a, b]);
        var second = reader.Read([a, b]);
        Assert.Equal(2, kind.Reads);
        Assert.Equal(first.Documents, second.Documents);

        reader.Read([a, Documents.File("b.yaml", Redis("c"))]);
        Assert.Equal(3, kind.Reads);

        // The same bytes elsewhere have other locations.
        Assert.Equal("moved.yaml", reader.Read([a with { Path = "moved.yaml" }]).Documents.Single().Location.Path);
        Assert.Equal(4, kind.Reads);
    }

    [Fact]
    public void Only_the_last_read_is_kept()
    {
        var kind = new CountingKind();
        var reader = new DocumentReader([kind]);
        var a = Documents.File("a.yaml", Redis("a"));

        reader.Read([a]);
        reader.Read([]);
        reader.Read([a]);

        Assert.Equal(2, kind.Reads);
    }

    [Fact]
    public void Content_without_a_blob_id_is_never_taken_from_the_cache()
    {
        var reader = new DocumentReader(DocumentKinds.All);
        Assert.Single(reader.Read([Documents.File("a.yaml", Documents.Minimal("a")) with { BlobId = "" }]).Documents);
        Assert.Empty(reader.Read([Documents.File("a.yaml", "") with { BlobId = "" }]).Documents);
    }

    [Fact]
    public void Another_domain_is_one_registration()
    {
        var state = new DocumentReader([.. DocumentKinds.All, new CountingKind()]).Read([
            Documents.File("a.yaml", Redis("orders") + "---\n" + Documents.Minimal("orders")),
            Documents.File("b.yaml", Redis("x").Replace("Redis", "Rediss", StringComparison.Ordinal)),
        ]);

        Assert.Equal([Documents.Etcd("orders"), new("redis", "default", "orders")], state.Documents.Select(document => document.Key));
        Assert.EndsWith("did you mean \"Redis\"? [unknown-kind]", Assert.Single(state.Findings).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_of_the_files_changes_nothing()
    {
        SourceFile[] files =
        [
            Documents.File("c.yaml", Documents.Minimal("a")),
            Documents.File("a.yaml", Documents.Minimal("c")),
            Documents.File("b.yaml", Documents.Minimal("A")),
            Documents.File("d.yaml", Documents.Minimal("a")),
        ];

        var forth = Documents.Read(files);
        var back = Documents.Read([.. files.Reverse()]);

        Assert.Equal(forth.Documents, back.Documents);
        Assert.Equal(forth.Findings, back.Findings);
    }

    private static string Redis(string name) =>
        $"""
            apiVersion: gitops-operator.dev/v1alpha1
            kind: Redis
            metadata:
              name: {name}
            spec:
              shards: 2

            """;

    private sealed class CountingKind : DocumentKind
    {
        public int Reads { get; private set; }

        public override string Domain => "redis";

        public override string Name => "Redis";

        public override ImmutableArray<Rule> Rules => [];

        public override ClusterDocument? Read(Metadata? metadata, Fields spec)
        {
            Reads++;
            spec.Integer("shards", "give a number");
            spec.Close();
            return metadata is null
                ? null
                : new RedisDocument(metadata.Key, metadata.Location, metadata.BlobId, metadata.Labels, metadata.Annotations);
        }
    }

    private sealed record RedisDocument(
        ClusterKey Key,
        SourceLocation Location,
        string BlobId,
        ImmutableSortedDictionary<string, string> Labels,
        ImmutableSortedDictionary<string, string> Annotations
    ) : ClusterDocument(Key, Location, BlobId, Labels, Annotations);

    [Theory]
    [InlineData("0123456789abcdef", "0123456789abcdef")]
    [InlineData("0123456789abcdef, fedcba9876543210", "0123456789abcdef", "fedcba9876543210")]
    [InlineData(" ,, ")]
    public void A_document_approves_what_its_annotation_lists(string annotation, params string[] approvals)
    {
        var text = Documents.Valid.Replace(
            "  annotations:\n",
            $"  annotations:\n    gitops-operator.dev/approve: \"{annotation}\"\n",
            StringComparison.Ordinal
        );

        var document = Assert.Single(Documents.Read(text).Documents);

        Assert.Equal(approvals, document.Approvals);
    }
}
