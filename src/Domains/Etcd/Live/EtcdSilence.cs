namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>
/// How long one member has not answered, and for how much of that it could have. Only what was seen counts, and time is monotonic: that the
/// operator starts anew, or that a clock jumps, can only lengthen a wait.
/// </summary>
internal sealed class EtcdSilence
{
    /// <summary>
    /// A container that is started gets the whole grace period, but no more than so many times in a row: one that ends over and over has
    /// had its chance, and pauses between its starts grow beyond any grace period or stay below it for ever.
    /// </summary>
    private const int MaxFreshStarts = 3;

    private readonly long _since;
    private long? _countedSince;
    private EtcdRun? _run;
    private int _freshStarts;

    /// <param name="run">What the member runs in; null while Kubernetes does not run it.</param>
    public EtcdSilence(EtcdRun? run, long now)
    {
        (_since, _run) = (now, run);
        _countedSince = run is null ? null : now;
    }

    /// <summary>The member was silent at one more look.</summary>
    public EndpointLive Look(EtcdRun? run, TimeSpan grace, long now, TimeProvider time)
    {
        if (run is null)
        {
            _countedSince = null;
        }
        else if (_countedSince is null || _run is not { } last || !run.Value.IsInPlaceOf(last))
        {
            (_countedSince, _freshStarts) = (now, 0);
        }
        else if (run.Value.Restarts != last.Restarts && _freshStarts < MaxFreshStarts)
        {
            (_countedSince, _freshStarts) = (now, _freshStarts + 1);
        }

        _run = run;
        var beyond = _countedSince is { } counted && time.GetElapsedTime(counted, now) >= grace;
        return new EndpointLive.Unreachable(beyond) { HeldUp = !beyond && time.GetElapsedTime(_since, now) >= grace };
    }
}

/// <summary>One run of a member's container on a node that is ready.</summary>
/// <param name="NodeReadySince">As the node itself says; another time means that it was not ready in between.</param>
internal readonly record struct EtcdRun(string PodUid, int Restarts, DateTime? NodeReadySince)
{
    /// <summary>The run of a member as it was seen; null while Kubernetes does not run it, or its node cannot be relied on.</summary>
    public static EtcdRun? Of(PodLive? pod, DateTime? nodeReadySince) =>
        pod is { WaitingReason: null, NodeNotReadyReason: null } ? new(pod.Uid, pod.Restarts, nodeReadySince) : null;

    /// <summary>The same pod on a node that has been ready all the time; its container may have been started again.</summary>
    public bool IsInPlaceOf(EtcdRun last) => PodUid == last.PodUid && NodeReadySince == last.NodeReadySince;
}
