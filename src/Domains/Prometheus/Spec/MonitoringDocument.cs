using System.Collections.Immutable;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Spec;

/// <summary>
/// A document of prometheus-operator. Its key's domain says the kind: <c>prometheus</c> for a Prometheus, which is a cluster of its own,
/// and the kind in lower case (<c>servicemonitor</c>) for the objects that a Prometheus selects.
/// </summary>
/// <param name="Spec">As written, with the API server's defaults.</param>
public sealed record MonitoringDocument(
    ClusterKey Key,
    SourceLocation Location,
    string BlobId,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableSortedDictionary<string, string> Annotations,
    string Kind,
    SpecNode Spec
) : ClusterDocument(Key, Location, BlobId, Labels, Annotations)
{
    public override IEnumerable<(string Field, string Image)> Images =>
        Kind != MonitoringKind.Prometheus.Name
            ? []
            :
            [
                ("spec.image", Spec["image"].NonEmptyText ?? PrometheusDocument.DefaultImageRepository),
                .. ImagesOf("containers"),
                .. ImagesOf("initContainers"),
            ];

    private IEnumerable<(string Field, string Image)> ImagesOf(string list) =>
        Spec[list]
            .Items.Select((container, index) => (Field: $"spec.{list}[{index}].image", Image: container["image"].NonEmptyText))
            .Where(entry => entry.Image is not null)
            .Select(entry => (entry.Field, entry.Image!));
}
