using System.Collections.Immutable;

namespace GitOpsOperator.Specs;

/// <summary>A valid document that defines one cluster. Each domain derives its own with its spec.</summary>
/// <param name="Location">Where the document starts.</param>
/// <param name="BlobId">Git's id of the file that holds it.</param>
public abstract record ClusterDocument(
    ClusterKey Key,
    SourceLocation Location,
    string BlobId,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableSortedDictionary<string, string> Annotations)
{
    // Immutable dictionaries compare by reference; a document that says the same must be equal.
    public virtual bool Equals(ClusterDocument? other) =>
        other is not null && EqualityContract == other.EqualityContract && Key == other.Key && Location == other.Location && BlobId == other.BlobId
        && Labels.SequenceEqual(other.Labels) && Annotations.SequenceEqual(other.Annotations);

    public override int GetHashCode() => HashCode.Combine(Key, Location, BlobId);
}
