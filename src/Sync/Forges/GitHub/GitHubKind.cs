namespace GitOpsOperator.Sync.Forges.GitHub;

/// <summary>GitHub, and GitHub Enterprise on any host.</summary>
internal sealed class GitHubKind : IForgeKind
{
    public string Name => "github";

    public string ApiExample => "https://api.github.com/";

    public string RepositoryForm => "OWNER/NAME";

    public (Uri Api, string Repository)? Implied(Uri repositoryUrl)
    {
        if (repositoryUrl.Scheme != Uri.UriSchemeHttps)
        {
            return null;
        }

        var path = repositoryUrl.AbsolutePath.Trim('/');
        path = path.EndsWith(".git", StringComparison.Ordinal) ? path[..^4] : path;
        return !IsRepository(path) ? null
            : repositoryUrl.Host == "github.com" ? (new(ApiExample), path)
            : (new($"https://{repositoryUrl.Authority}/api/v3/"), path);
    }

    public bool IsRepository(string repository) => repository.Split('/') is [{ Length: > 0 }, { Length: > 0 }];

    public IEnumerable<string> AppErrors(ForgeAppOptions app)
    {
        if (app.Id.Length == 0 || !app.Id.All(char.IsAsciiLetterOrDigit))
        {
            yield return $"id: '{app.Id}' is no id of a GitHub App; see its settings";
        }

        if (app.Installation <= 0)
        {
            yield return $"installation: {app.Installation} is no number of an installation; "
                + "see the address of the installation's settings";
        }

        if (!File.Exists(app.PrivateKeyFile))
        {
            yield return $"privateKeyFile: '{app.PrivateKeyFile}' does not exist; name the .pem file that GitHub gave for the App";
        }
    }

    public IForge Open(ForgeOptions options, TimeProvider time) => new GitHubForge(options, time);
}
