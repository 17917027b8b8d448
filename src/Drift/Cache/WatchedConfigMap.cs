using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Drift.Cache;

/// <summary>One ConfigMap by name, watched; it may come and go.</summary>
public sealed class WatchedConfigMap
{
    private readonly ChangeSignal _changes = new();
    private readonly Reflector<V1ConfigMap> _reflector;

    /// <param name="changed">Called, from any thread, when it has come, changed or gone.</param>
    internal WatchedConfigMap(ReflectorFactory reflectors, string @namespace, string name, Action changed)
    {
        (Namespace, Name) = (@namespace, name);
        var collection = new ApiCollection(ApiResources.ConfigMaps, @namespace) { FieldSelector = $"metadata.name={name}" };
        _reflector = reflectors.Create<V1ConfigMap>(
            collection,
            map => map,
            _ =>
            {
                _changes.Notify();
                changed();
            }
        );
    }

    /// <summary>One that is waited for by itself, without a cache.</summary>
    public static WatchedConfigMap Of(
        ApiConnection connection,
        string @namespace,
        string name,
        TimeSpan maxAge,
        TimeProvider time,
        ILogger logger
    ) => new(new(connection.Reader, connection.Liveness, maxAge, time, logger), @namespace, name, () => { });

    public string Namespace { get; }

    public string Name { get; }

    /// <summary>Null where there is none.</summary>
    public V1ConfigMap? Current => _reflector.Now.Objects.GetValueOrDefault(new(Namespace, Name));

    public Task WaitSyncedAsync(CancellationToken cancellationToken) => _reflector.Synced.WaitAsync(cancellationToken);

    /// <summary>Waits until it is as it should be.</summary>
    public async Task WaitAsync(Func<V1ConfigMap?, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var seen = _changes.Count;
            if (condition(Current))
            {
                return;
            }

            await _changes.WaitAsync(seen, cancellationToken);
        }
    }

    public Task RunAsync(CancellationToken cancellationToken) => _reflector.RunAsync(cancellationToken);
}
