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
    ImmutableSortedDictionary<string, string> Annotations
)
{
    /// <summary>Carries the digests of changes that a person has approved, separated by commas or spaces.</summary>
    public const string ApprovalAnnotation = "gitops-operator.dev/approve";

    /// <summary>Pods are restarted for what, where the kind's own fields are somebody else's and have no <c>rolloutPolicy</c>: OnChange or
    /// Always.</summary>
    public const string RolloutPolicyAnnotation = "gitops-operator.dev/rollout-policy";

    /// <summary>
    /// Says that the cluster is to be deleted: its value is the cluster's incarnation, so that a tombstone that is copied or left behind
    /// deletes no other cluster.
    /// </summary>
    public const string TombstoneAnnotation = "gitops-operator.dev/tombstone";

    private static readonly char[] Separators = [',', ' ', '\n', '\t'];

    /// <summary>Digests of data-affecting changes that the document approves.</summary>
    public ImmutableArray<string> Approvals =>
        Annotations.TryGetValue(ApprovalAnnotation, out var digests)
            ? [.. digests.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]
            : [];

    /// <summary>
    /// What it says as written, by path (<c>spec.storage.size</c>), each value one line fit to be shown: for telling people how two
    /// versions differ. Decisions are made on the typed spec.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Fields { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Every image that its pods would run, with the field that names it, or would name it where the default is taken.</summary>
    public virtual IEnumerable<(string Field, string Image)> Images => [];

    /// <summary>It asks for volumes with data to be deleted.</summary>
    public virtual bool DeletesVolumes => false;

    // Immutable dictionaries compare by reference; a document that says the same must be equal.
    public virtual bool Equals(ClusterDocument? other) =>
        other is not null
        && EqualityContract == other.EqualityContract
        && Key == other.Key
        && Location == other.Location
        && BlobId == other.BlobId
        && Labels.SequenceEqual(other.Labels)
        && Annotations.SequenceEqual(other.Annotations);

    public override int GetHashCode() => HashCode.Combine(Key, Location, BlobId);
}
