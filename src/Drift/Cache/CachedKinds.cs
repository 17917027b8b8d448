namespace GitOpsOperator.Drift.Cache;

/// <summary>Kinds on which decisions are made together.</summary>
/// <param name="maxAge">How old what is known of each may be.</param>
public sealed class CachedKinds(IReadOnlyList<ICachedKind> kinds, TimeSpan maxAge, TimeProvider time)
{
    /// <summary>The oldest; null while none of them is watched.</summary>
    public ViewAge? Oldest => kinds.Select(kind => kind.Age).OfType<ViewAge>().MaxBy(age => age.Age);

    /// <summary>What may not be decided on; null while all is fresh enough.</summary>
    public ViewAge? Stale => Oldest is { } oldest && oldest.Age >= maxAge ? oldest : null;

    /// <exception cref="StaleViewException">Nothing may be decided now.</exception>
    public void EnsureFresh()
    {
        if (Stale is { } stale)
        {
            throw new StaleViewException(stale);
        }
    }

    public Task WaitSyncedAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(kinds.Select(kind => kind.Synced)).WaitAsync(cancellationToken);

    /// <summary>As <see cref="WaitSyncedAsync"/>, but not for longer than a view may be old.</summary>
    /// <exception cref="StaleViewException">Nothing may be decided now.</exception>
    public async Task WaitFreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WaitSyncedAsync(cancellationToken).WaitAsync(maxAge, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            var all = string.Join(", ", kinds.Select(kind => kind.Kind));
            throw new StaleViewException(Oldest ?? new(all, maxAge, "it has not been listed yet"));
        }

        EnsureFresh();
    }
}
