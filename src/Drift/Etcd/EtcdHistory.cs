namespace GitOpsOperator.Drift.Etcd;

/// <summary>
/// What has to be remembered of one cluster between looks so that time becomes facts. It is kept in memory and measured on the monotonic
/// clock: losing it, or a jump of the wall clock, can only lengthen a wait.
/// </summary>
#pragma warning disable CA1001 // A semaphore whose wait handle is never taken holds nothing that would have to be disposed of.
internal sealed class EtcdHistory
#pragma warning restore CA1001
{
    private readonly Dictionary<int, long> _silentSince = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string? _fingerprint;
    private long _unchangedSince;

    /// <summary>URLs of the members that were asked at the last look.</summary>
    public HashSet<string> Urls { get; set; } = [];

    /// <summary>Looks of a cluster follow each other: a plan that is made beside its loop must not mix its answers into the loop's.</summary>
    public async Task<T> InTurnAsync<T>(Func<Task<T>> look, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await look();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes the time that a member has been silent a fact.</summary>
    public EndpointLive Judge(int index, EndpointStatus? status, TimeSpan grace, TimeProvider time)
    {
        if (status is not null)
        {
            _silentSince.Remove(index);
            return new EndpointLive.Reachable(status);
        }

        var now = time.GetTimestamp();
        if (!_silentSince.TryGetValue(index, out var since))
        {
            _silentSince[index] = since = now;
        }

        return new EndpointLive.Unreachable(BeyondGrace: time.GetElapsedTime(since, now) >= grace);
    }

    public void ForgetAllBut(IReadOnlySet<int> indexes)
    {
        foreach (var gone in _silentSince.Keys.Where(index => !indexes.Contains(index)).ToList())
        {
            _silentSince.Remove(gone);
        }
    }

    public bool IsSettled(EtcdLive live, TimeSpan settle, TimeProvider time)
    {
        var now = time.GetTimestamp();
        var fingerprint = Fingerprint(live);
        if (fingerprint != _fingerprint)
        {
            _fingerprint = fingerprint;
            _unchangedSince = now;
        }

        return time.GetElapsedTime(_unchangedSince, now) >= settle;
    }

    /// <summary>Membership, leader and health. Sizes and indexes of the log change all the time and mean nothing here.</summary>
    private static string Fingerprint(EtcdLive live)
    {
        var entries = live.Membership?.Entries.OrderBy(entry => entry.Id).Select(entry => $"{entry.Id:x}{(entry.IsLearner ? "L" : "V")}");
        var members = live.Members.Select(member => member.Endpoint is EndpointLive.Reachable { Status: var status }
            ? $"{member.Index}:{status.ClusterId:x}/{status.MemberId:x} {status.LeaderId:x}@{status.RaftTerm} {status.LinearizableRead}"
            : $"{member.Index}:silent");
        return $"{live.Membership?.ClusterId:x} {string.Join(',', entries ?? ["unknown"])} | {string.Join(';', members)}";
    }
}
