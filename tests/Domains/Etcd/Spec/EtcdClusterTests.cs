using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Tests;

namespace GitOpsOperator.Domains.Etcd.Tests.Spec;

public sealed class EtcdClusterTests
{
    [Fact]
    public void Every_field_is_read()
    {
        var state = Documents.Read(Documents.File("clusters/orders.yaml", "# about orders\n" + Documents.Valid));

        Assert.Empty(state.Findings);
        var document = Assert.IsType<EtcdClusterDocument>(Assert.Single(state.Documents));
        Assert.Equal(new("etcd", "shop", "orders"), document.Key);
        Assert.Equal(new("clusters/orders.yaml", 2, 1), document.Location);
        Assert.Equal(64, document.BlobId.Length);
        Assert.Equal(["team=orders", "tier=1"], document.Labels.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal("the orders team", document.Annotations["example.com/owner"]);
        Assert.Equal(3, document.Spec.Size);
        Assert.Equal(new(3, 5, 16), document.Spec.Version);
        Assert.Equal("registry.example:5000/etcd", document.Spec.ImageRepository);
        var storage = Assert.IsType<EtcdStorage.Persistent>(document.Spec.Storage);
        Assert.Equal("8Gi fast", $"{storage.Size} {storage.StorageClassName}");
        Assert.Equal("500m 1Gi", string.Join(' ', document.Spec.Resources.Requests.Values));
        Assert.Equal("2 2Gi", string.Join(' ', document.Spec.Resources.Limits.Values));
        Assert.False(document.Spec.Suspend);
    }

    [Fact]
    public void What_may_be_left_out_has_its_default()
    {
        var document = Assert.Single(Documents.Read(Documents.Minimal("orders")).Documents);

        Assert.Equal("default", document.Key.Namespace);
        var spec = Assert.IsType<EtcdClusterDocument>(document).Spec;
        Assert.Equal(EtcdSpec.DefaultImageRepository, spec.ImageRepository);
        Assert.Equal(ResourceRequirements.None, spec.Resources);
        Assert.Null(Assert.IsType<EtcdStorage.Persistent>(spec.Storage).StorageClassName);
        Assert.False(spec.Suspend);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, true)]
    [InlineData(7, false)]
    public void Sizes_1_to_7_are_taken_and_even_ones_warned_of(int size, bool warned)
    {
        var state = Documents.Read(Documents.Minimal("orders").Replace("size: 3", $"size: {size}", StringComparison.Ordinal));

        Assert.Equal(size, Assert.IsType<EtcdClusterDocument>(Assert.Single(state.Documents)).Spec.Size);
        Assert.Equal(warned ? ["size-even"] : [], state.Findings.Select(finding => finding.Rule));
    }

    [Fact]
    public void A_name_of_40_characters_fits_and_of_41_does_not()
    {
        Assert.Single(Documents.Read(Documents.Minimal(new string('a', 40))).Documents);
        Assert.Empty(Documents.Read(Documents.Minimal(new string('a', 41))).Documents);
    }
}
