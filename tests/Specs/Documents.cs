using System.Security.Cryptography;
using System.Text;
using GitOpsOperator.Domains.Etcd.Spec;

namespace GitOpsOperator.Specs.Tests;

/// <summary>Documents to begin from, and files made of them.</summary>
internal static class Documents
{
    public const string Valid = """
        apiVersion: gitops-operator.dev/v1alpha1
        kind: EtcdCluster
        metadata:
          name: orders
          namespace: shop
          labels: {team: orders, "tier": "1"}
          annotations:
            example.com/owner: "the orders team"
        spec:
          size: 3
          version: 3.5.16
          image:
            repository: registry.example:5000/etcd
          storage:
            size: 8Gi
            storageClassName: fast
          resources:
            requests: {cpu: 500m, memory: 1Gi}
            limits: {cpu: 2, memory: 2Gi}
          suspend: false
        """;

    public static string Minimal(string name) =>
        $"""
            apiVersion: gitops-operator.dev/v1alpha1
            kind: EtcdCluster
            metadata:
              name: {name}
            spec:
              size: 3
              version: 3.5.16
              storage:
                size: 1Gi

            """;

    public static SourceFile File(string path, string text) => File(path, Encoding.UTF8.GetBytes(text));

    public static SourceFile File(string path, byte[] content) => new(path, Convert.ToHexStringLower(SHA256.HashData(content)), content);

    public static DesiredState Read(string text) => Read(File("input.yaml", text));

    public static DesiredState Read(params SourceFile[] files) => new DocumentReader(DocumentKinds.All).Read(files);

    /// <summary>The spec of a document that must be valid, with one line of its spec replaced.</summary>
    public static EtcdSpec SpecOf(string text)
    {
        var state = Read(text);
        Assert.DoesNotContain(state.Findings, finding => finding.Severity == FindingSeverity.Error);
        return Assert.IsType<EtcdClusterDocument>(Assert.Single(state.Documents)).Spec;
    }

    public static ClusterKey Etcd(string name, string space = "default") => new("etcd", space, name);
}
