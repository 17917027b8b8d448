using System.Globalization;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Sync.Git.Network;

/// <summary>
/// How git's ssh transport calls the ssh client: with the one key and the known hosts that the configuration names, and with nothing of the
/// user's or the machine's. Both files are read by ssh itself at each call, so rotated ones are used at once.
/// </summary>
internal static partial class SshCommand
{
    /// <summary>For the environment variable GIT_SSH_COMMAND, which a shell splits.</summary>
    public static string Of(RepositoryOptions options)
    {
        var seconds = Math.Max(1, (int)options.NetworkTimeout.TotalSeconds);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"ssh -F /dev/null -i '{options.SshKeyFile}' -o IdentitiesOnly=yes -o IdentityAgent=none -o "
                + $"UserKnownHostsFile='{options.KnownHostsFile}' -o GlobalKnownHostsFile=/dev/null "
                + $"-o StrictHostKeyChecking=yes -o BatchMode=yes -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no "
                + $"-o ClearAllForwardings=yes -o ConnectTimeout={seconds} -o ServerAliveInterval={seconds}"
        );
    }

    /// <summary>Whether a file's path can stand in the command and in ssh's own options as it is.</summary>
    public static bool IsUsable(string path) => PlainPath().IsMatch(path);

    /// <summary>What ssh itself has said, where the error of git's library says only that it failed.</summary>
    public static GitNetworkReply Explain(GitNetworkReply reply, string said)
    {
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith('@'))
            .ToList();
        if (reply.Error is null || lines.Count == 0)
        {
            return reply;
        }

        var text = string.Join("; ", lines.TakeLast(3));
        return reply with { Error = Kind(said) ?? reply.Error, Message = text };
    }

    private static SyncErrorKind? Kind(string said)
    {
        bool Says(string text) => said.Contains(text, StringComparison.OrdinalIgnoreCase);
        return Says("permission denied")
            || Says("host key verification failed")
            || Says("UNPROTECTED PRIVATE KEY")
            || Says("invalid format")
            || Says("error in libcrypto")
                ? SyncErrorKind.Auth
            : Says("does not appear to be a git repository") || Says("repository not found") || Says("no such file or directory")
                ? SyncErrorKind.NotFound
            : Says("connection refused")
            || Says("timed out")
            || Says("could not resolve")
            || Says("no route")
            || Says("connection closed")
            || Says("connection reset")
                ? SyncErrorKind.Unreachable
            : null;
    }

    [GeneratedRegex(@"\A/[A-Za-z0-9._/+@-]+\z")]
    private static partial Regex PlainPath();
}
