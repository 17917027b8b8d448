using k8s;
using k8s.Models;

namespace GitOpsOperator.Drift.Watching;

/// <summary>Asks for one page of a list.</summary>
public delegate Task<TList> ListCall<TList>(string? continueToken, int limit, CancellationToken cancellationToken)
    where TList : IKubernetesObject<V1ListMeta>;

/// <summary>Watches from a version on.</summary>
/// <param name="failed">Called with what the server reports as an error; the events then simply end.</param>
public delegate IAsyncEnumerable<(WatchEventType Type, T Item)> WatchCall<T>(
    string version, int timeoutSeconds, Action<Exception> failed, CancellationToken cancellationToken);

/// <summary>All objects of one kind, in one namespace or all, as the API serves them.</summary>
public sealed record Collection<T, TList>(string Kind, ListCall<TList> List, WatchCall<T> Watch)
    where T : class, IKubernetesObject<V1ObjectMeta>
    where TList : IKubernetesObject<V1ListMeta>, IItems<T>
{
    /// <summary>
    /// An API server without this kind is one that can be lived with. Where it is false, a 404 is a fault like any other: it may as well
    /// come from an address that is no API server at all.
    /// </summary>
    public bool MayBeMissing { get; init; }
}
