using System.Text.Json;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Specs.Tests;

namespace GitOpsOperator.Domains.Etcd.Tests.Spec;

/// <summary>The record keeps the accepted spec as JSON: what is read back must be what was accepted.</summary>
public sealed class EtcdSpecJsonTests
{
    [Theory]
    [InlineData(Documents.Valid)]
    [InlineData(Ephemeral)]
    [InlineData(Tuned)]
    public void A_spec_comes_back_as_it_was(string document)
    {
        var spec = Documents.SpecOf(document);
        var json = JsonSerializer.Serialize(spec);

        var back = JsonSerializer.Deserialize<EtcdSpec>(json)!;

        Assert.Equal(spec, back);
        Assert.Equal(spec.GetHashCode(), back.GetHashCode());
        Assert.Equal(json, JsonSerializer.Serialize(back));
    }

    [Fact]
    public void Every_field_is_in_it()
    {
        var json = JsonSerializer.Serialize(Documents.SpecOf(Documents.Valid));
        Assert.Equal(
            """
            {"Size":3,"Version":"3.5.16","ImageRepository":"registry.example:5000/etcd",
            "Storage":{"$type":"persistent","Size":"8Gi","StorageClassName":"fast"},
            "Resources":{"Requests":{"cpu":"500m","memory":"1Gi"},"Limits":{"cpu":"2","memory":"2Gi"}},
            "Options":{"QuotaBackendBytes":null,"AutoCompaction":null,"SnapshotCount":null,
            "HeartbeatInterval":null,"ElectionTimeout":null,"ExtraFlags":{}},
            "Pods":{"Spec":"{}","Labels":"{}","Annotations":"{}"},"Suspend":false,"Mode":null}
            """.ReplaceLineEndings(""),
            json
        );
    }

    [Theory]
    [InlineData("size: 3", "size: 5")]
    [InlineData("3.5.16", "3.5.17")]
    [InlineData("5000/etcd", "5000/other")]
    [InlineData("size: 8Gi", "size: 9Gi")]
    [InlineData("fast", "slow")]
    [InlineData("cpu: 500m", "cpu: 501m")]
    [InlineData("limits: {cpu: 2", "limits: {cpu: 3")]
    [InlineData("suspend: false", "suspend: true")]
    public void A_changed_field_is_another_spec(string from, string to)
    {
        Assert.Contains(from, Documents.Valid, StringComparison.Ordinal);
        Assert.NotEqual(Documents.SpecOf(Documents.Valid), Documents.SpecOf(Documents.Valid.Replace(from, to, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_same_said_differently_is_the_same_spec()
    {
        var same = Documents
            .Valid.Replace("size: 8Gi", "size: 8192Mi", StringComparison.Ordinal)
            .Replace("cpu: 500m", "cpu: 0.5", StringComparison.Ordinal)
            .Replace("version: 3.5.16", "version: \"v3.5.16\"", StringComparison.Ordinal);
        Assert.Equal(Documents.SpecOf(Documents.Valid), Documents.SpecOf(same));
    }

    /// <summary>As a release without options and settings of pods wrote it.</summary>
    [Fact]
    public void A_record_of_an_earlier_release_says_the_same()
    {
        const string Earlier = """
            {"Size":1,"Version":"3.4.23","ImageRepository":"gcr.io/etcd-development/etcd","Storage":{"$type":"ephemeral"},
            "Resources":{"Requests":{},"Limits":{}},"Suspend":true,"Mode":null}
            """;
        Assert.Equal(Documents.SpecOf(Ephemeral), JsonSerializer.Deserialize<EtcdSpec>(Earlier));
    }

    private const string Tuned = """
        apiVersion: gitops-operator.dev/v1alpha1
        kind: EtcdCluster
        metadata: {name: tuned}
        spec:
          size: 3
          version: 3.5.16
          storage: {size: 8Gi}
          options:
            {quotaBackendBytes: 4Gi, autoCompaction: {mode: revision, retention: 1000}, snapshotCount: 5000,
             extraFlags: {metrics: extensive}}
          nodeSelector: {disk: ssd}
          podLabels: {team: orders}
        """;

    private const string Ephemeral = """
        apiVersion: gitops-operator.dev/v1alpha1
        kind: EtcdCluster
        metadata: {name: cache}
        spec: {size: 1, version: 3.4.23, storage: {ephemeral: true}, suspend: true}
        """;
}
