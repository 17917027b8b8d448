namespace GitOpsOperator.Specs.Tests;

/// <summary>What a repository is not allowed to decide on is a finding, and its cluster has no document: it stays as it last was.</summary>
public sealed class PolicyTests
{
    [Theory]
    [InlineData("shop", true)]
    [InlineData("sho*", true)]
    [InlineData("*", true)]
    [InlineData("shop-*", false)]
    [InlineData("Shop", false)]
    [InlineData("hop", false)]
    public void A_namespace_is_allowed_by_its_name_or_a_pattern(string allowed, bool passes) =>
        Evaluate(new() { Namespaces = ["other", allowed] }, passes, "namespace-not-allowed", "metadata.namespace", "\"shop\"");

    [Theory]
    [InlineData("EtcdCluster", true)]
    [InlineData("Prometheus", false)]
    public void A_kind_is_allowed_by_its_name(string allowed, bool passes) =>
        Evaluate(new() { Kinds = [allowed] }, passes, "kind-not-allowed", "kind", "EtcdCluster");

    [Theory]
    [InlineData("registry.example:5000/etcd", "registry.example:5000", true)]
    [InlineData("registry.example:5000/etcd", "registry.example:5000/etcd", true)]
    [InlineData("registry.example:5000/etcd", "registry.example", false)]
    [InlineData("registry.example:5000/etcd", "registry.example:500", false)]
    [InlineData("registry.example:5000/etcd", "registry.example:5000/et", false)]
    [InlineData("registry.example/team/etcd", "registry.example/team", true)]
    [InlineData("registry.example.evil.org/etcd", "registry.example", false)]
    [InlineData("etcd", "docker.io/library", true)]
    [InlineData("team/etcd", "docker.io/team", true)]
    [InlineData("team/etcd", "docker.io/library", false)]
    [InlineData("localhost/etcd", "docker.io", false)]
    public void An_image_is_allowed_by_its_registry_or_a_path_in_it(string image, string allowed, bool passes) =>
        Evaluate(
            new() { Images = [allowed] },
            passes,
            "image-not-allowed",
            "spec.image.repository",
            image,
            Documents.Valid.Replace("registry.example:5000/etcd", image, StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("", true, true)]
    [InlineData("", false, true)]
    [InlineData("deletionPolicy: Delete", false, true)]
    [InlineData("deletionPolicy: Delete\n  deleteVolumes: true", true, true)]
    [InlineData("deletionPolicy: Delete\n  deleteVolumes: true", false, false)]
    public void Volumes_are_deleted_only_where_the_repository_may(string spec, bool allowed, bool passes) =>
        Evaluate(
            new() { VolumeDeletion = allowed },
            passes,
            "deletion-not-allowed",
            "spec.deleteVolumes",
            "volumes may not be deleted",
            $"{Documents.Minimal("orders").TrimEnd('\n')}\n  {spec}\n"
        );

    [Fact]
    public void The_default_image_needs_to_be_allowed_as_any_other() =>
        Evaluate(
            new() { Images = ["registry.example"] },
            false,
            "image-not-allowed",
            "spec.image.repository",
            "gcr.io/etcd-development/etcd",
            Documents.Minimal("orders")
        );

    [Theory]
    [InlineData("image: IMAGE", "spec.image")]
    [InlineData("containers: [{name: proxy, image: IMAGE}]", "spec.containers[0].image")]
    [InlineData("initContainers: [{name: first, image: IMAGE}]", "spec.initContainers[0].image")]
    public void Every_image_of_a_Prometheus_is_judged(string field, string path)
    {
        var text = $$"""
            apiVersion: monitoring.coreos.com/v1
            kind: Prometheus
            metadata: {name: main, namespace: shop}
            spec:
              replicas: 1
              {{field.Replace("IMAGE", "\"evil.example/miner:v1@sha256:abc\"", StringComparison.Ordinal)}}
            """;
        Evaluate(new() { Images = ["quay.io/prometheus"] }, false, "image-not-allowed", path, "evil.example/miner", text);
        Evaluate(new() { Images = ["quay.io/prometheus", "evil.example/miner"] }, true, "image-not-allowed", path, "", text);
    }

    private static void Evaluate(DocumentPolicy policy, bool passes, string rule, string field, string names, string text = Documents.Valid)
    {
        var state = new DocumentReader(DocumentKinds.All, policy: policy).Read([Documents.File("clusters/input.yaml", text)]);
        if (passes)
        {
            Assert.DoesNotContain(state.Findings, finding => finding.Severity == FindingSeverity.Error);
            Assert.Single(state.Documents);
            return;
        }

        var finding = Assert.Single(state.Findings, finding => finding.Severity == FindingSeverity.Error);
        Assert.Equal((rule, field, "clusters/input.yaml"), (finding.Rule, finding.Field, finding.Location.Path));
        Assert.Contains(names, finding.Message, StringComparison.Ordinal);
        Assert.Contains("repositories.allow", finding.Message, StringComparison.Ordinal);
        Assert.Empty(state.Documents);
        Assert.False(state.IsWithdrawn(finding.Subject!.Value));
    }
}
