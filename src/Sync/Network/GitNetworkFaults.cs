using LibGit2Sharp;

namespace GitOpsOperator.Sync.Network;

/// <summary>Tells the kinds of failure apart. libgit2 gives nearly all of them one exception type; only the text differs.</summary>
internal static class GitNetworkFaults
{
    private static readonly (string Text, SyncFaultKind Kind)[] Kinds =
    [
        ("authentication required", SyncFaultKind.Auth),
        ("authentication replays", SyncFaultKind.Auth),
        ("unexpected authentication failure", SyncFaultKind.Auth),
        ("authentication that we do not support", SyncFaultKind.Auth),
        ("status code: 401", SyncFaultKind.Auth),
        ("status code: 403", SyncFaultKind.Auth),
        ("status code: 404", SyncFaultKind.NotFound),

        // A repository with holes, on either side.
        ("object not found", SyncFaultKind.Refused),
        ("not found", SyncFaultKind.NotFound),
        ("failed to resolve path", SyncFaultKind.NotFound),
        ("could not find repository", SyncFaultKind.NotFound),

        // Said of a path that does not exist; other schemes never get this far.
        ("unsupported URL protocol", SyncFaultKind.NotFound),
        ("unexpected http status", SyncFaultKind.Refused),
        ("redirect", SyncFaultKind.Refused),
        ("failed to connect", SyncFaultKind.Unreachable),
        ("failed to resolve address", SyncFaultKind.Unreachable),
        ("timed out", SyncFaultKind.Unreachable),
        ("ssl", SyncFaultKind.Unreachable),
        ("certificate", SyncFaultKind.Unreachable),
        ("early EOF", SyncFaultKind.Unreachable),
        ("unexpected EOF", SyncFaultKind.Unreachable),
        ("connection", SyncFaultKind.Unreachable),
        ("socket", SyncFaultKind.Unreachable),
        ("failed to lock", SyncFaultKind.Local),
        ("failed to create", SyncFaultKind.Local),
        ("failed to write", SyncFaultKind.Local),
    ];

    public static GitNetworkReply From(LibGit2SharpException e, Login login) => new()
    {
        Fault = login.WasTurnedAway ? SyncFaultKind.Auth : Kind(e.Message),
        Message = e.Message,
    };

    /// <summary>What is not known counts as unreachable: the remote did not give what a git server gives.</summary>
    public static SyncFaultKind Kind(string message)
    {
        foreach (var (text, kind) in Kinds)
        {
            if (message.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return kind;
            }
        }

        return SyncFaultKind.Unreachable;
    }
}
