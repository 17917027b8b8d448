namespace GitOpsOperator.Drift.Watching;

/// <summary>Watches that live and end together.</summary>
public sealed class WatchGroup(IReadOnlyList<IReflector> reflectors)
{
    public IReadOnlyList<IReflector> Reflectors => reflectors;

    /// <summary>The kind that has been stale for longest, if any is.</summary>
    public Staleness? Staleness => reflectors.Select(reflector => reflector.Staleness).OfType<Staleness>().MinBy(stale => stale.Since);

    public Task WaitSyncedAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(reflectors.Select(reflector => reflector.Synced)).WaitAsync(cancellationToken);

    /// <summary>Watches until cancelled. If one watch ends by a fault of ours, all end, and the fault is thrown.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watches = reflectors.Select(reflector => reflector.RunAsync(stop.Token)).ToList();
        var first = await Task.WhenAny(watches);
        await stop.CancelAsync();
        await Task.WhenAll(watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }
}
