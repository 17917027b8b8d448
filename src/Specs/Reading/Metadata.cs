using System.Collections.Immutable;

namespace GitOpsOperator.Specs.Reading;

/// <summary>The part of a document that is the same for every kind.</summary>
public sealed record Metadata(
    ClusterKey Key,
    SourceLocation Location,
    string BlobId,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableSortedDictionary<string, string> Annotations
);
