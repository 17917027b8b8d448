using GitOpsOperator.Reconcile.Writing;

namespace GitOpsOperator.Operator.State;

/// <summary>
/// Which of several replicas is the active one, as far as this one knows. Only monotonic time counts: what was held ends by itself.
/// </summary>
/// <param name="identity">Of this replica among those that contend; null where it is active without being elected.</param>
/// <param name="renewDeadline">This replica is active until this long after it sent its last renewal that succeeded.</param>
internal sealed class LeadershipState(string? identity, TimeSpan renewDeadline, TimeProvider time) : ILeadership
{
    private const long Never = long.MinValue;

    private long _renewalSent = Never;
    private volatile string? _other;
    private volatile Uri? _otherPage;

    /// <summary>Of a replica that contends with nobody.</summary>
    public static LeadershipState Unconditional(TimeProvider time) => new(null, TimeSpan.Zero, time);

    /// <summary>From the moment before the last renewal was sent, so what the network takes is on the safe side.</summary>
    public bool Holds =>
        identity is null || (Interlocked.Read(ref _renewalSent) is var sent and not Never && time.GetElapsedTime(sent) < renewDeadline);

    /// <summary>Who was last seen to be active; null before anybody was, and where nobody is elected.</summary>
    public string? Holder => Holds ? identity : _other;

    /// <summary>Where the page of the other replica that is active is.</summary>
    public Uri? HolderPage => Holds ? null : _otherPage;

    /// <param name="sent">Monotonic time before the renewal that succeeded was sent.</param>
    public void Renewed(long sent) => Interlocked.Exchange(ref _renewalSent, sent);

    /// <summary>This replica is not active any more.</summary>
    /// <returns>False where it was not before either.</returns>
    public bool End() => Interlocked.Exchange(ref _renewalSent, Never) != Never;

    public void SeeOther(string holder) => _other = holder;

    /// <param name="page">Null where the other has none.</param>
    public void SeeOtherPage(Uri? page) => _otherPage = page;
}
