namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// How long a watch lasts and may be silent. Over HTTP/2 the connection is pinged, so it may be idle for long: bookmarks, which a server
/// sends each minute, tell that the watch itself is alive. Over HTTP/1.1 nothing but the watch tells, so the server is asked to end it
/// well before its silence would make the view too old.
/// </summary>
public readonly record struct WatchTimeouts(TimeSpan MaxAge)
{
    private static readonly TimeSpan Pinged = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan MinLength = TimeSpan.FromSeconds(1);

    /// <summary>Until the server has begun to answer.</summary>
    public TimeSpan Opening => MaxAge > MinLength ? MaxAge : MinLength;

    /// <summary>After this the server ends the watch.</summary>
    public TimeSpan Length(bool pinged) =>
        pinged ? Pinged
        : MaxAge / 2 > MinLength ? MaxAge / 2
        : MinLength;

    /// <summary>Without a word for this long it is given up.</summary>
    public TimeSpan Silence(bool pinged) => pinged ? MaxSilence : Length(pinged) + (MaxAge / 4);
}
