namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// How old the copy that one watch keeps may be. While the watch is open on HTTP/2, whose connection is pinged, it is as fresh as the
/// server's last answer to anything. On HTTP/1.1 an idle watch and a dead one look the same, so there only what it has said itself counts.
/// While it is not open, the copy is getting older. By monotonic time.
/// </summary>
public sealed class StreamFreshness(ApiLiveness liveness, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _heardAt = time.GetTimestamp();
    private bool _open;
    private bool _pinged;
    private string? _reason = "it has not been listed yet";

    /// <summary>The last answer came over a connection that is pinged.</summary>
    public bool IsPinged => Volatile.Read(ref _pinged);

    public (TimeSpan Age, string? Reason) Now
    {
        get
        {
            lock (_lock)
            {
                return (Age(), _reason);
            }
        }
    }

    /// <summary>The whole collection has been listed.</summary>
    public void Listed()
    {
        lock (_lock)
        {
            (_heardAt, _reason) = (time.GetTimestamp(), null);
        }
    }

    public void Opened(Version protocol)
    {
        lock (_lock)
        {
            (_open, _pinged, _reason) = (true, protocol.Major >= 2, null);
            _heardAt = time.GetTimestamp();
        }
    }

    public void Heard()
    {
        lock (_lock)
        {
            _heardAt = time.GetTimestamp();
        }
    }

    /// <param name="reason">Null for a watch that has ended in order, and is opened again at once.</param>
    public void Closed(string? reason)
    {
        lock (_lock)
        {
            // As fresh as it was a moment ago, and from now on older.
            _heardAt = time.GetTimestamp() - (long)(Age().TotalSeconds * time.TimestampFrequency);
            (_open, _reason) = (false, reason ?? _reason);
        }
    }

    private TimeSpan Age()
    {
        var silence = time.GetElapsedTime(_heardAt);
        return !_open || !_pinged ? silence : TimeSpan.FromTicks(Math.Min(silence.Ticks, liveness.Silence.Ticks));
    }
}
