using System.Collections.Immutable;

namespace GitOpsOperator.Specs.Prometheus;

/// <summary>
/// A document of prometheus-operator. Its key's domain says the kind: <c>prometheus</c> for a Prometheus, which is a cluster of its own, and
/// the kind in lower case (<c>servicemonitor</c>) for the objects that a Prometheus selects.
/// </summary>
/// <param name="Spec">As written, with the API server's defaults.</param>
public sealed record MonitoringDocument(
    ClusterKey Key,
    SourceLocation Location,
    string BlobId,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableSortedDictionary<string, string> Annotations,
    string Kind,
    SpecNode Spec) : ClusterDocument(Key, Location, BlobId, Labels, Annotations);
