using GitOpsOperator.Sync.Forges;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>Finds every fault in what is said of a repository's pull requests.</summary>
internal static class PullRequestValidation
{
    public static IEnumerable<string> Faults(RepositoryConfiguration repository, PullRequestConfiguration pulls, string where)
    {
        if (!ForgeFactory.Kinds.Contains(pulls.Forge))
        {
            yield return $"{where}.forge: '{pulls.Forge}' is not known; known: {string.Join(", ", ForgeFactory.Kinds)}";
        }

        if (BranchOf(repository) is null)
        {
            yield return $"{where}: pull requests are merged into a branch, and ref '{repository.Ref}' names none; give one such as refs/heads/main";
        }

        if (Options(repository, pulls) is not { } options)
        {
            yield return $"{where}: the forge cannot be told from url; give api, such as https://api.github.com/, and repository, as OWNER/NAME";
        }
        else
        {
            if (!IsApi(options.Api))
            {
                yield return $"{where}.api: '{pulls.Api}' is no API that a token may be sent to; give an https:// URL (http:// only for this machine), without credentials or query";
            }

            if (options.Repository.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
            {
                yield return $"{where}.repository: '{options.Repository}' is not of the form OWNER/NAME";
            }

            if (pulls.App is { } app)
            {
                foreach (var fault in Faults(app, $"{where}.app"))
                {
                    yield return fault;
                }
            }
            else if (options.TokenFile.Length == 0)
            {
                yield return $"{where}.tokenFile: missing; comments need a token, here or as the repository's tokenFile";
            }
            else if (!File.Exists(options.TokenFile))
            {
                yield return $"{where}.tokenFile: {options.TokenFile} does not exist";
            }
        }

        foreach (var fault in ConfigurationValidation.AtLeast($"{where}.interval", pulls.Interval, TimeSpan.FromSeconds(1)))
        {
            yield return fault;
        }
    }

    /// <summary>Short name of the branch that is followed; null where it is no branch.</summary>
    public static string? BranchOf(RepositoryConfiguration repository) =>
        repository.Ref.StartsWith("refs/heads/", StringComparison.Ordinal) ? repository.Ref["refs/heads/".Length..] : null;

    /// <summary>Null where neither the configuration nor the URL says which repository of which forge it is.</summary>
    public static ForgeOptions? Options(RepositoryConfiguration repository, PullRequestConfiguration pulls)
    {
        var implied = ForgeOptions.Implied(repository.Url);
        var api = pulls.Api.Length == 0 ? implied?.Api : Uri.TryCreate(pulls.Api, UriKind.Absolute, out var given) ? given : null;
        var name = pulls.Repository.Length == 0 ? implied?.Repository : pulls.Repository;
        return api is null || name is null ? null : new()
        {
            Kind = pulls.Forge,
            Api = api,
            Repository = name,
            TokenFile = pulls.TokenFile.Length > 0 ? pulls.TokenFile : repository.TokenFile,
            App = pulls.App is { } app ? new(app.Id, app.Installation, app.PrivateKeyFile) : null,
            Login = pulls.Login,
        };
    }

    private static IEnumerable<string> Faults(GitHubAppConfiguration app, string where)
    {
        if (app.Id.Length == 0 || !app.Id.All(char.IsAsciiLetterOrDigit))
        {
            yield return $"{where}.id: '{app.Id}' is no id of a GitHub App; see its settings";
        }

        if (app.Installation <= 0)
        {
            yield return $"{where}.installation: {app.Installation} is no number of an installation; see the address of the installation's settings";
        }

        if (!File.Exists(app.PrivateKeyFile))
        {
            yield return $"{where}.privateKeyFile: '{app.PrivateKeyFile}' does not exist; name the .pem file that GitHub gave for the App";
        }
    }

    private static bool IsApi(Uri api) =>
        (api.Scheme == Uri.UriSchemeHttps || (api.Scheme == Uri.UriSchemeHttp && api.IsLoopback)) && api.UserInfo.Length == 0 && api.Query.Length == 0 && api.Fragment.Length == 0;
}
