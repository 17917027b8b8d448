using GitOpsOperator.Drift.Cache;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>
/// What has to be remembered of one cluster between looks so that time becomes facts. It is kept in memory and measured on the monotonic
/// clock: losing it, or a jump of the wall clock, can only lengthen a wait.
/// </summary>
#pragma warning disable CA1001 // A semaphore whose wait handle is never taken holds nothing that would have to be disposed of.
internal sealed class EtcdHistory
#pragma warning restore CA1001
{
    private readonly Dictionary<int, EtcdSilence> _silences = [];
    private readonly Dictionary<int, (string PodUid, int Restarts)> _sealedDuring = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string? _fingerprint;
    private string? _incarnation;
    private (int Failed, long Since) _joins;
    private long _unchangedSince;

    /// <summary>Who has written the record, one after the other.</summary>
    public required RecordWriters Writers { get; init; }

    /// <summary>URLs of the members that were asked at the last look.</summary>
    public HashSet<string> Urls { get; set; } = [];

    /// <summary>
    /// Looks of a cluster follow each other: a plan that is made beside its loop must not mix its answers into the loop's.
    /// </summary>
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

    /// <returns>The incarnation of a record that was there before and is not any more.</returns>
    public string? GoneRecord(EtcdRecord? record)
    {
        _incarnation = record?.Incarnation ?? _incarnation;
        return record is null ? _incarnation : null;
    }

    /// <summary>Makes the time that a member has been silent a fact.</summary>
    /// <param name="run">What it runs in; null while Kubernetes does not run it.</param>
    public EndpointLive Evaluate(int index, EndpointStatus? status, EtcdRun? run, TimeSpan grace, TimeProvider time)
    {
        if (status is not null)
        {
            _silences.Remove(index);
            return new EndpointLive.Reachable(status);
        }

        var now = time.GetTimestamp();
        if (!_silences.TryGetValue(index, out var silence))
        {
            _silences[index] = silence = new(run, now);
        }

        return silence.Look(run, grace, now, time);
    }

    /// <summary>
    /// Whether the member's container was started after its boot was found sealed: no clock of a node tells that for certain. The one
    /// that was there at that look may have been started before, so it does not count.
    /// </summary>
    public bool IsStartedSealed(int index, BootLive? boot, PodLive? pod)
    {
        if (boot is not { Sealed: true })
        {
            _sealedDuring.Remove(index);
            return false;
        }

        if (!_sealedDuring.TryGetValue(index, out var then))
        {
            _sealedDuring[index] = then = (pod?.Uid ?? "", pod?.Restarts ?? 0);
        }

        return pod is not null && (pod.Uid != then.PodUid || pod.Restarts > then.Restarts);
    }

    public void ForgetAllBut(IReadOnlySet<int> indexes)
    {
        foreach (var gone in _silences.Keys.Union(_sealedDuring.Keys).Where(index => !indexes.Contains(index)).ToList())
        {
            _silences.Remove(gone);
            _sealedDuring.Remove(gone);
        }
    }

    /// <summary>Whether another member is due after those that failed to join. Each further one that fails begins the next pause.</summary>
    public bool IsJoinDue(int failed, Backoff retry, TimeProvider time)
    {
        var now = time.GetTimestamp();
        if (failed != _joins.Failed)
        {
            _joins = (failed, now);
        }

        var paused = failed - EtcdRecord.JoinsBeforePause + 1;
        return paused > 0 && time.GetElapsedTime(_joins.Since, now) >= retry.After(paused);
    }

    /// <returns>What is left of the settle time; null where it is over.</returns>
    public TimeSpan? SettlesIn(EtcdLive live, TimeSpan settle, TimeProvider time)
    {
        var now = time.GetTimestamp();
        var fingerprint = Fingerprint(live);
        if (fingerprint != _fingerprint)
        {
            _fingerprint = fingerprint;
            _unchangedSince = now;
        }

        return settle - time.GetElapsedTime(_unchangedSince, now) is { Ticks: > 0 } left ? left : null;
    }

    /// <summary>Membership, leader and health. Sizes and indexes of the log change all the time and mean nothing here.</summary>
    private static string Fingerprint(EtcdLive live)
    {
        var entries = live.Membership?.Entries.OrderBy(entry => entry.Id).Select(entry => $"{entry.Id:x}{(entry.IsLearner ? "L" : "V")}");
        var members = live.Members.Select(member =>
            member.Endpoint is EndpointLive.Reachable { Status: var status }
                ? $"{member.Index}:{status.ClusterId:x}/{status.MemberId:x} {status.LeaderId:x}@{status.RaftTerm} {status.LinearizableRead}"
                : $"{member.Index}:silent"
        );
        var others = live.OtherLists.Select(other => $"{other.Index}:{Ids(other.List)}");
        return $"{live.Membership?.ClusterId:x} {string.Join(',', entries ?? ["unknown"])} | {string.Join(';', members)} | "
            + $"{string.Join(';', others)}";

        static string Ids(MembershipLive? list) =>
            list is null ? "unknown" : string.Join(',', list.Entries.Select(entry => entry.Id).Order());
    }
}
