using System.Text.RegularExpressions;

namespace GitOpsOperator.Sync.Git;

/// <summary>Which repositories may be named. An allowlist: libgit2 would also take git's own protocol and scp-like forms.</summary>
internal static partial class RepositoryUrl
{
    /// <summary>What is wrong with the URL, or null. Never repeats the URL: what is wrong may be the password in it.</summary>
    public static string? Error(string url)
    {
        if (url.Length == 0)
        {
            return "url is empty; give an https://, ssh://, http:// or file:// URL, or an absolute path";
        }

        if (url.Any(char.IsControl))
        {
            return "url holds a control character";
        }

        if (url.StartsWith('/'))
        {
            return null;
        }

        if (IsSsh(url))
        {
            return SshForm().IsMatch(url)
                ? null
                : "url is no ssh URL that is allowed; give ssh://USER@HOST/PATH or ssh://USER@HOST:PORT/PATH, without a password "
                    + "and with plain characters only";
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("file" or "http" or "https"))
        {
            return "url is not of a scheme that is allowed; give an https://, ssh://, http:// or file:// URL, or an absolute path "
                + "(USER@HOST:PATH is written ssh://USER@HOST/PATH)";
        }

        if (parsed.UserInfo.Length > 0)
        {
            return "url holds a user name or password; give them as username and tokenFile, so that they never show in logs";
        }

        if (parsed.Query.Length > 0 || parsed.Fragment.Length > 0)
        {
            return "url holds a query or fragment, which no git server needs; a secret belongs into tokenFile";
        }

        return parsed.Scheme != "file" && parsed.Host.Length == 0 ? "url names no host" : null;
    }

    /// <summary>True where the ssh client makes the connection.</summary>
    public static bool IsSsh(string url) => url.StartsWith("ssh:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Nothing in it may look like an option or like shell to the programs on either side.</summary>
    [GeneratedRegex(
        @"\Assh://[A-Za-z0-9_][A-Za-z0-9_.-]*@[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?/[A-Za-z0-9_~][A-Za-z0-9._~/+-]*\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex SshForm();

    /// <summary>True where git's local transport is used, which updates refs without comparing what they were.</summary>
    public static bool IsLocal(string url) => url.StartsWith('/') || url.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
}
