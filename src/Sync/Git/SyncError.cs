namespace GitOpsOperator.Sync.Git;

/// <summary>Why a repository could not be read or written. In every case nothing of the desired state changes.</summary>
public enum SyncErrorKind
{
    /// <summary>No connection: refused, no route, name not known, TLS failed.</summary>
    Unreachable,

    /// <summary>The call did not end before its deadline and was killed.</summary>
    TimedOut,

    /// <summary>No, wrong or unreadable credentials, or not allowed.</summary>
    Auth,

    /// <summary>There is no repository at the URL, or the credentials may not see it.</summary>
    NotFound,

    RefMissing,

    /// <summary>The branch no longer contains the commit that was accepted last.</summary>
    Rewritten,

    /// <summary>The server answered and said no: a hook, a protected branch, a redirect, an error.</summary>
    Refused,

    TooLarge,

    /// <summary>Others kept writing the same branch; the next round tries again.</summary>
    Contended,

    /// <summary>This side: the mirror's directory, the child process.</summary>
    Local,
}

/// <param name="Message">What happened, where, why, and what to do. Holds no secret.</param>
public sealed record SyncError(SyncErrorKind Kind, string Message)
{
    public override string ToString() => $"{Kind}: {Message}";
}
