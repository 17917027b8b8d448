using GitOpsOperator.Drift.Cache;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Reconcile.Writing;

/// <summary>The calls that write objects of one kind, and the copy in which the effect is awaited.</summary>
public sealed record WritableKind<T>(
    string Kind,
    CachedKind<T> Copy,
    Func<ObjectKey, CancellationToken, Task<T>> Read,
    Func<ObjectKey, V1Patch, bool?, CancellationToken, Task<T>> Patch,
    Func<ObjectKey, V1DeleteOptions, CancellationToken, Task> Delete
)
    where T : class, IKubernetesObject<V1ObjectMeta>;
