using GitOpsOperator.Drift.Cache;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Reconcile.Writing;

/// <summary>
/// After a write, waits until the watch shows it, so that the next observation does not decide on the state before. Not for long: a watch
/// that is slow is the view's to report, and every step may be done twice.
/// </summary>
public sealed class WatchCatchUp(TimeProvider time)
{
    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(3);

    public Task SeeAsync<T>(CachedKind<T> copy, ObjectKey key, T written, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        WaitAsync(
            copy,
            objects =>
                objects.TryGetValue(key, out var item)
                && ObjectVersion.IsAtLeast(item.Metadata.ResourceVersion, written.Metadata.ResourceVersion),
            cancellationToken
        );

    /// <summary>Gone, or on its way out, or another of the same name.</summary>
    public Task SeeGoneAsync<T>(CachedKind<T> copy, ObjectKey key, string uid, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        WaitAsync(
            copy,
            objects => !objects.TryGetValue(key, out var item) || item.Metadata.DeletionTimestamp is not null || item.Metadata.Uid != uid,
            cancellationToken
        );

    private async Task WaitAsync<T>(
        CachedKind<T> copy,
        Func<IReadOnlyDictionary<ObjectKey, T>, bool> condition,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        using var lag = new CancellationTokenSource(MaxLag, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lag.Token);
        try
        {
            await copy.WaitAsync(objects => condition(objects), either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Too slow: see above.
        }
    }
}
