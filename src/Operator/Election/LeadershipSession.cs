namespace GitOpsOperator.Operator.Election;

/// <summary>The time for which a Lease is held: renewed from acquiring to releasing.</summary>
internal sealed class LeadershipSession : IAsyncDisposable
{
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(1);

    private readonly LeaseElection? _election;
    private readonly CancellationTokenSource _stop = new();
    private int _ended;

    private LeadershipSession(LeaseElection? election)
    {
        _election = election;
        Lost = election is null ? Task.Delay(Timeout.Infinite, _stop.Token) : election.KeepAsync(_stop.Token);
    }

    /// <summary>Completes when another has the Lease; cancelled when it was released.</summary>
    public Task Lost { get; }

    /// <param name="election">Null where none is needed: then this lasts for ever.</param>
    public static async Task<LeadershipSession> AcquireAsync(LeaseElection? election, CancellationToken cancellationToken)
    {
        if (election is not null)
        {
            await election.AcquireAsync(cancellationToken);
        }

        return new(election);
    }

    /// <summary>Releases it, once. Whatever needs it must have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 1)
        {
            return;
        }

        await _stop.CancelAsync();
        await Lost.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_election is not null)
        {
            // Bounded by itself: the program is about to end, and a Lease that is not released expires.
            using var limit = new CancellationTokenSource(ReleaseLimit);
            await _election.ReleaseAsync(limit.Token);
        }

        _stop.Dispose();
    }
}
