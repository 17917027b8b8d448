using System.Collections.Immutable;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Spec;

/// <summary><c>kind: EtcdCluster</c> of <c>gitops-operator.dev/v1alpha1</c>.</summary>
public sealed record EtcdClusterDocument(
    ClusterKey Key,
    SourceLocation Location,
    string BlobId,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableSortedDictionary<string, string> Annotations,
    EtcdSpec Spec
) : ClusterDocument(Key, Location, BlobId, Labels, Annotations)
{
    /// <summary>Null where the cluster is to live.</summary>
    public string? Tombstone => Spec.MayBeDeleted ? Annotations.GetValueOrDefault(TombstoneAnnotation) : null;

    public override bool DeletesVolumes => Spec.DeleteVolumes;

    public override IEnumerable<(string Field, string Image)> Images => [("spec.image.repository", Spec.ImageRepository)];
}
