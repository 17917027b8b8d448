using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Specs.Tests;

namespace GitOpsOperator.Domains.Etcd.Tests.Spec;

/// <summary>A spec shown in its document's fields is what a document with those fields says.</summary>
public sealed class EtcdSpecFieldsTests
{
    [Theory]
    [InlineData(Documents.Valid)]
    [InlineData(EtcdDocumentWithEverything.Text)]
    [InlineData(
        """
            apiVersion: gitops-operator.dev/v1alpha1
            kind: EtcdCluster
            metadata: {name: cache}
            spec: {size: 1, version: 3.4.23, storage: {ephemeral: true}, mode: correct}
            """
    )]
    public void It_reads_back_as_the_same_spec(string document)
    {
        var spec = Documents.SpecOf(document);

        // JSON is YAML.
        var back = Documents.SpecOf(
            $$"""{"apiVersion": "gitops-operator.dev/v1alpha1", "kind": "EtcdCluster", "metadata": {"name": "back"}, "spec": """
                + $$"""{{EtcdSpecFields.Write(spec)}} }"""
        );
        Assert.Equal(spec, back);
    }
}
