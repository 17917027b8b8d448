namespace GitOpsOperator.Sync.Forges;

/// <summary>Where a repository's pull requests are. Taken from the operator's configuration alone, never from a pull request.</summary>
public sealed record ForgeOptions
{
    /// <summary>Which forge it is: <c>github</c>.</summary>
    public string Kind { get; init; } = "github";

    /// <summary>Root of the forge's API, such as <c>https://api.github.com/</c> or <c>https://github.example/api/v3/</c>.</summary>
    public required Uri Api { get; init; }

    /// <summary><c>OWNER/NAME</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>Read anew for every call, so that a rotated token is used at once. Not read where there is an <see cref="App"/>.</summary>
    public string TokenFile { get; init; } = "";

    /// <summary>The GitHub App to speak as, instead of by a token of a file.</summary>
    public GitHubAppOptions? App { get; init; }

    /// <summary>
    /// The login under which comments are made. Empty: the forge is asked. It does not tell for a token that an App's installation got
    /// elsewhere; there it is <c>NAME[bot]</c>.
    /// </summary>
    public string Login { get; init; } = "";

    /// <summary>Deadline of one request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest answer that is read, in bytes.</summary>
    public int LongestAnswer { get; init; } = 16 * 1024 * 1024;

    /// <summary>Least time between two requests that write something; GitHub asks for a second.</summary>
    public TimeSpan BetweenWrites { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>API and repository as a URL of the usual forms implies them; null where it does not.</summary>
    public static (Uri Api, string Repository)? Implied(string repositoryUrl)
    {
        if (!Uri.TryCreate(repositoryUrl, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps)
        {
            return null;
        }

        var path = url.AbsolutePath.Trim('/');
        path = path.EndsWith(".git", StringComparison.Ordinal) ? path[..^4] : path;
        return path.Split('/') is not { Length: 2 } ? null
            : url.Host == "github.com" ? (new("https://api.github.com/"), path)
            : (new($"https://{url.Authority}/api/v3/"), path);
    }
}

/// <summary>One installation of a GitHub App.</summary>
/// <param name="Id">The App's id, or its client id.</param>
/// <param name="Installation">The installation's number, as in the address of its settings.</param>
/// <param name="PrivateKeyFile">PEM, as GitHub gives it; read whenever a token is made.</param>
public sealed record GitHubAppOptions(string Id, long Installation, string PrivateKeyFile);
