using GitOpsOperator.Drift.Watching;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Reconcile;

/// <summary>The calls that write objects of one kind, and the copy in which the effect is awaited.</summary>
internal sealed record WritableKind<T, TList>(
    string Kind,
    Reflector<T, TList> Copy,
    Func<ObjectKey, CancellationToken, Task<T>> Read,
    Func<ObjectKey, V1Patch, bool?, CancellationToken, Task<T>> Patch,
    Func<ObjectKey, V1DeleteOptions, CancellationToken, Task> Delete)
    where T : class, IKubernetesObject<V1ObjectMeta>
    where TList : IKubernetesObject<V1ListMeta>, IItems<T>;
