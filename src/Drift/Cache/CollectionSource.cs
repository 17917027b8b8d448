using k8s;
using k8s.Models;

namespace GitOpsOperator.Drift.Cache;

/// <summary>The objects of one collection as its watch has them.</summary>
public sealed class CollectionSource<T> : IObjectSource
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Reflector<T> _reflector;

    public CollectionSource(ReflectorFactory reflectors, ApiCollection collection, Func<T, T> keep, Action<ObjectKey, T?, T> show) =>
        _reflector = reflectors.Create<T>(
            collection,
            keep,
            item =>
            {
                var key = ObjectKey.Of(item);
                show(key, _reflector!.Now.Objects.GetValueOrDefault(key), item);
            }
        );

    public Task Synced => _reflector.Synced;

    public bool Served => _reflector.Served;

    public ViewAge Age => _reflector.Age;

    public Task RunAsync(CancellationToken cancellationToken) => _reflector.RunAsync(cancellationToken);
}
