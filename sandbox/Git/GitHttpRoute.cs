using System.Text.RegularExpressions;

namespace GitOpsOperator.Sandbox.Git;

/// <summary>
/// The three requests of git's smart protocol, and no others: nothing that is only a path is ever opened, so no path can
/// lead out of the folder.
/// </summary>
internal sealed partial record GitHttpRoute(string Repository, string Service, string Method)
{
    /// <summary>What git http-backend calls PATH_INFO.</summary>
    public string PathInfo => $"/{Repository}/{(Method == "GET" ? "info/refs" : Service)}";

    /// <summary>Null for anything that is not one of the three, or names no repository below the root.</summary>
    public static GitHttpRoute? Find(string root, string method, string path, string? service)
    {
        if (Pattern().Match(path) is not { Success: true } match)
        {
            return null;
        }

        var tail = match.Groups["tail"].Value;
        var asked = tail == "info/refs" ? service : tail;
        if (asked is not ("git-upload-pack" or "git-receive-pack") || method != (tail == "info/refs" ? "GET" : "POST"))
        {
            return null;
        }

        var repository = match.Groups["repository"].Value;
        var folder = new DirectoryInfo(Path.Combine(root, repository));
        return folder is { Exists: true, LinkTarget: null } && File.Exists(Path.Combine(folder.FullName, "HEAD"))
            ? new(repository, asked, method)
            : null;
    }

    [GeneratedRegex(
        @"\A/(?<repository>[A-Za-z0-9_][A-Za-z0-9._-]*)/(?<tail>info/refs|git-upload-pack|git-receive-pack)\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Pattern();
}
