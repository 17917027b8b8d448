using System.Collections.Immutable;

namespace GitOpsOperator.Specs;

/// <summary>Requests and limits of a container by resource name (<c>cpu</c>, <c>memory</c>, …), as Kubernetes has them.</summary>
public sealed record ResourceRequirements(
    ImmutableSortedDictionary<string, Quantity> Requests,
    ImmutableSortedDictionary<string, Quantity> Limits
)
{
    public static readonly ResourceRequirements None = new(
        ImmutableSortedDictionary<string, Quantity>.Empty,
        ImmutableSortedDictionary<string, Quantity>.Empty
    );

    // Immutable dictionaries compare by reference; a spec that says the same must be equal.
    public bool Equals(ResourceRequirements? other) =>
        other is not null && Requests.SequenceEqual(other.Requests) && Limits.SequenceEqual(other.Limits);

    public override int GetHashCode() => HashCode.Combine(Requests.Count, Limits.Count);
}
