using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Drift.Watching;

/// <summary>One ConfigMap by name, watched; it may come and go.</summary>
public sealed class WatchedConfigMap
{
    private readonly Reflector<V1ConfigMap, V1ConfigMapList> _reflector;

    /// <param name="changed">Called, from any thread, when it has come, changed or gone.</param>
    public WatchedConfigMap(IKubernetes client, string @namespace, string name, Action changed, TimeProvider time, ILogger logger)
    {
        (Namespace, Name) = (@namespace, name);
        var selector = $"metadata.name={name}";
        _reflector = new(
            new(
                "ConfigMap",
                (next, limit, token) => client.CoreV1.ListNamespacedConfigMapAsync(
                    @namespace, fieldSelector: selector, continueParameter: next, limit: limit, cancellationToken: token),
                (version, seconds, failed, token) => client.CoreV1.WatchListNamespacedConfigMapAsync(
                    @namespace, fieldSelector: selector, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: token)),
            map => map, _ => changed(), time, logger);
    }

    public string Namespace { get; }

    public string Name { get; }

    /// <summary>Null where there is none.</summary>
    public V1ConfigMap? Current => _reflector.Find(Namespace, Name);

    public Task WaitSyncedAsync(CancellationToken cancellationToken) => _reflector.Synced.WaitAsync(cancellationToken);

    public Task RunAsync(CancellationToken cancellationToken) => _reflector.RunAsync(cancellationToken);
}
