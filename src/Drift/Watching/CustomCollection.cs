using System.Runtime.CompilerServices;
using k8s;

namespace GitOpsOperator.Drift.Watching;

/// <summary>The objects of a kind that somebody's CustomResourceDefinition adds, in all namespaces.</summary>
public static class CustomCollection
{
    /// <summary>An API server without the definition is the rule where nobody has installed it.</summary>
    /// <param name="plural">How URLs name the kind.</param>
    public static Collection<CustomObject, CustomObjectList> Of(IKubernetes client, string kind, string group, string version, string plural) => new(
        kind,
        (next, limit, token) => client.CustomObjects.ListClusterCustomObjectAsync<CustomObjectList>(
            group, version, plural, continueParameter: next, limit: limit, cancellationToken: token),
        (from, seconds, failed, token) => WatchAsync(
            client.CustomObjects.WatchListClusterCustomObjectAsync(
                group, version, plural, allowWatchBookmarks: true, resourceVersion: from, timeoutSeconds: seconds, onError: failed, cancellationToken: token),
            token))
    { MayBeMissing = true };

    /// <summary>The client reads the events of custom kinds without a type.</summary>
    private static async IAsyncEnumerable<(WatchEventType Type, CustomObject Item)> WatchAsync(
        IAsyncEnumerable<(WatchEventType, object)> events, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (type, item) in events.WithCancellation(cancellationToken))
        {
            yield return (type, KubernetesJson.Deserialize<CustomObject>(KubernetesJson.Serialize(item)));
        }
    }
}
