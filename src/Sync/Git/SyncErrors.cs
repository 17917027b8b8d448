namespace GitOpsOperator.Sync.Git;

/// <summary>The words for each kind of error: what, where, why, and the remediation.</summary>
internal static class SyncErrors
{
    public static SyncError Reading(SyncErrorKind kind, string reason, RepositoryOptions options) =>
        new(kind, Sentence($"{options.Url} could not be read", kind, reason, options, options.Ref));

    public static SyncError Writing(SyncErrorKind kind, string reason, RepositoryOptions options, string branch) =>
        new(kind, Sentence($"The status could not be written to branch {branch} of {options.Url}", kind, reason, options, branch));

    public static SyncError Rewritten(RepositoryOptions options, string accepted, string found) =>
        new(
            SyncErrorKind.Rewritten,
            $"{options.Ref} of {options.Url} was rewritten: {found[..12]} does not descend from {accepted[..12]}, which was accepted last. "
                + "Nothing is changed; push a commit on top of the accepted one, or allow rewrites for this repository."
        );

    private static string Sentence(string what, SyncErrorKind kind, string reason, RepositoryOptions options, string reference)
    {
        var why = reason.Length == 0 ? "" : $" ({reason.TrimEnd('.')})";
        return kind switch
        {
            SyncErrorKind.Unreachable =>
                $"{what}: no git server answers there{why}. It is tried again at the next sync; check the URL, DNS, the "
                    + "network, and caFile if the certificate is private.",
            SyncErrorKind.TimedOut =>
                $"{what}: {(reason.Length == 0 ? "no answer in time" : reason)}; the call was ended. It is tried again at the "
                    + "next sync; see whether the server hangs, or raise networkTimeout.",
            SyncErrorKind.Auth when RepositoryUrl.IsSsh(options.Url) =>
                $"{what}: ssh did not get in{why}. Check the key in {options.SshKeyFile}, which the server has to know, and the "
                    + $"server's own key in {options.KnownHostsFile}; new ones there are used at the next sync.",
            SyncErrorKind.Auth => options.TokenFile is null
                ? $"{what}: the server asks for credentials{why}. Set username and tokenFile."
                : $"{what}: the credentials were not accepted{why}. Check user '{options.Username}' and the token in "
                    + $"{options.TokenFile}; a new token there is used at the next sync.",
            SyncErrorKind.NotFound =>
                $"{what}: no repository was found{why}. Check the URL, and that the credentials may see the repository.",
            SyncErrorKind.RefMissing =>
                $"{what}: it has no {(RefSelector.IsCommit(reference) ? "commit" : "branch or tag")} '{reference}'. Nothing is "
                    + "changed; push it, or correct ref.",
            SyncErrorKind.Refused =>
                $"{what}: the server refused{why}. Redirects to another host are not followed: give the final URL; for a push "
                    + "see the rules of the branch and the server's hooks.",
            SyncErrorKind.TooLarge => $"{what}: it is too large{why}. Make it smaller, or raise limits.maxFetchBytes.",
            SyncErrorKind.Contended =>
                $"{what}: other writers kept moving it{why}. It is tried again at the next sync; see that only one operator has this id.",
            SyncErrorKind.Local => $"{what}: an error on this side{why}. See that the disk is not full and the data folder is writable.",
            _ => $"{what}{why}.",
        };
    }
}
