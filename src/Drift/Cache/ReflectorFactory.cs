using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Drift.Cache;

/// <summary>What all watches of a process have in common.</summary>
/// <param name="MaxAge">How old a view may be.</param>
public sealed record ReflectorFactory(ApiReader Reader, ApiLiveness Liveness, TimeSpan MaxAge, TimeProvider Time, ILogger Logger)
{
    public Reflector<T> Create<T>(ApiCollection collection, Func<T, T> keep, Action<T> changed)
        where T : class, IKubernetesObject<V1ObjectMeta> => new(Reader, Liveness, collection, keep, changed, MaxAge, Time, Logger);
}
