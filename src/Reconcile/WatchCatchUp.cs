using System.Globalization;
using GitOpsOperator.Drift.Watching;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Reconcile;

/// <summary>
/// After a write, waits until the watch shows it, so that the next look does not decide on the state before. Not for long: a watch that is
/// slow is the view's to report, and every step may be done twice.
/// </summary>
internal sealed class WatchCatchUp(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    public Task SeeAsync<T, TList>(Reflector<T, TList> copy, ObjectKey key, T written, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        where TList : IKubernetesObject<V1ListMeta>, IItems<T> =>
        WaitAsync(copy, objects => objects.TryGetValue(key, out var item) && IsAtLeast(item.Metadata.ResourceVersion, written.Metadata.ResourceVersion), cancellationToken);

    /// <summary>Gone, or on its way out, or another of the same name.</summary>
    public Task SeeGoneAsync<T, TList>(Reflector<T, TList> copy, ObjectKey key, string uid, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        where TList : IKubernetesObject<V1ListMeta>, IItems<T> =>
        WaitAsync(copy, objects => !objects.TryGetValue(key, out var item) || item.Metadata.DeletionTimestamp is not null || item.Metadata.Uid != uid, cancellationToken);

    private async Task WaitAsync<T, TList>(Reflector<T, TList> copy, Func<IReadOnlyDictionary<ObjectKey, T>, bool> condition, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        where TList : IKubernetesObject<V1ListMeta>, IItems<T>
    {
        using var lag = new CancellationTokenSource(Longest, time);
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

    /// <summary>Versions count up on every API server there is; where they are no numbers, only the very same one is known to be new enough.</summary>
    private static bool IsAtLeast(string seen, string written) =>
        ulong.TryParse(seen, NumberStyles.None, CultureInfo.InvariantCulture, out var left)
        && ulong.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var right)
            ? left >= right
            : seen == written;
}
