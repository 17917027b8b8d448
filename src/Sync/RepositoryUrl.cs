namespace GitOpsOperator.Sync;

/// <summary>Which repositories may be named. An allowlist: libgit2 would also take ssh, git and scp-like forms.</summary>
internal static class RepositoryUrl
{
    /// <summary>What is wrong with the URL, or null. Never repeats the URL: what is wrong may be the password in it.</summary>
    public static string? Fault(string url)
    {
        if (url.Length == 0)
        {
            return "url is empty; give an https://, http:// or file:// URL, or an absolute path";
        }

        if (url.Any(char.IsControl))
        {
            return "url holds a control character";
        }

        if (url.StartsWith('/'))
        {
            return null;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("file" or "http" or "https"))
        {
            return "url is not of a scheme that is allowed; give an https://, http:// or file:// URL, or an absolute path";
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

    /// <summary>True where git's local transport is used, which updates refs without comparing what they were.</summary>
    public static bool IsLocal(string url) => url.StartsWith('/') || url.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
}
