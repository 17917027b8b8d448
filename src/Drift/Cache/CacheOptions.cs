using System.Collections.Immutable;

namespace GitOpsOperator.Drift.Cache;

/// <summary>What the cache sees, and how old it may be.</summary>
public sealed record CacheOptions
{
    /// <summary>The namespaces that are listed and watched, each by itself. Empty: all, at the scope of the cluster.</summary>
    public ImmutableArray<string> Namespaces { get; init; } = [];

    /// <summary>Nothing is decided on a view that is older. Default 10 s.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Nothing may be asked at the scope of the cluster.</summary>
    public bool IsNamespaced => !Namespaces.IsEmpty;
}
