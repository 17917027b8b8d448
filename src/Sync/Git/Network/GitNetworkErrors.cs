using LibGit2Sharp;

namespace GitOpsOperator.Sync.Git.Network;

/// <summary>Tells the kinds of failure apart. libgit2 gives nearly all of them one exception type; only the text differs.</summary>
internal static class GitNetworkErrors
{
    private static readonly (string Text, SyncErrorKind Kind)[] Kinds =
    [
        ("authentication required", SyncErrorKind.Auth),
        ("authentication replays", SyncErrorKind.Auth),
        ("unexpected authentication failure", SyncErrorKind.Auth),
        ("authentication that we do not support", SyncErrorKind.Auth),
        ("status code: 401", SyncErrorKind.Auth),
        ("status code: 403", SyncErrorKind.Auth),
        ("status code: 404", SyncErrorKind.NotFound),
        // A repository with holes, on either side.
        ("object not found", SyncErrorKind.Refused),
        ("not found", SyncErrorKind.NotFound),
        ("failed to resolve path", SyncErrorKind.NotFound),
        ("could not find repository", SyncErrorKind.NotFound),
        // Said of a path that does not exist; other schemes never get this far.
        ("unsupported URL protocol", SyncErrorKind.NotFound),
        ("unexpected http status", SyncErrorKind.Refused),
        ("redirect", SyncErrorKind.Refused),
        ("failed to connect", SyncErrorKind.Unreachable),
        ("failed to resolve address", SyncErrorKind.Unreachable),
        ("timed out", SyncErrorKind.Unreachable),
        ("ssl", SyncErrorKind.Unreachable),
        ("certificate", SyncErrorKind.Unreachable),
        ("early EOF", SyncErrorKind.Unreachable),
        ("unexpected EOF", SyncErrorKind.Unreachable),
        ("connection", SyncErrorKind.Unreachable),
        ("socket", SyncErrorKind.Unreachable),
        ("failed to lock", SyncErrorKind.Local),
        ("failed to create", SyncErrorKind.Local),
        ("failed to write", SyncErrorKind.Local),
    ];

    public static GitNetworkReply From(LibGit2SharpException e, Login login) =>
        new() { Error = login.WasRejected ? SyncErrorKind.Auth : Kind(e.Message), Message = e.Message };

    /// <summary>What is not known counts as unreachable: the remote did not give what a git server gives.</summary>
    public static SyncErrorKind Kind(string message)
    {
        foreach (var (text, kind) in Kinds)
        {
            if (message.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return kind;
            }
        }

        return SyncErrorKind.Unreachable;
    }
}
