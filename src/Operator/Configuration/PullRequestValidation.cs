using GitOpsOperator.Sync.Forges;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>Finds every error in what is said of a repository's pull requests.</summary>
internal static class PullRequestValidation
{
    public static IEnumerable<string> Errors(RepositoryConfiguration repository, PullRequestConfiguration pulls, string where) =>
        Errors(repository, pulls, where, ForgeFactory.Kinds);

    internal static IEnumerable<string> Errors(
        RepositoryConfiguration repository,
        PullRequestConfiguration pulls,
        string where,
        IReadOnlyList<IForgeKind> kinds
    )
    {
        if (KindOf(pulls, kinds) is not { } kind)
        {
            yield return $"{where}.forge: '{pulls.Forge}' is not known; known: {string.Join(", ", kinds.Select(known => known.Name))}";

            // What else is said of it is compared with the first, so that all that is wrong is said at once.
            kind = kinds[0];
        }

        if (BranchOf(repository) is null)
        {
            yield return $"{where}: pull requests are merged into a branch, and ref '{repository.Ref}' names none; give one such as "
                + "refs/heads/main";
        }

        if (Options(repository, pulls, kind) is not { } options)
        {
            yield return $"{where}: the kind of forge cannot be derived from url; give api, such as {kind.ApiExample}, and repository, as "
                + $"{kind.RepositoryForm}";
        }
        else
        {
            if (!IsApi(options.Api))
            {
                yield return $"{where}.api: '{pulls.Api}' is no API that a token may be sent to; give an https:// URL (http:// only "
                    + "for this machine), without credentials or query";
            }

            if (!kind.IsRepository(options.Repository))
            {
                yield return $"{where}.repository: '{options.Repository}' is not of the form {kind.RepositoryForm}";
            }

            if (options.App is { } app)
            {
                foreach (var error in kind.AppErrors(app))
                {
                    yield return $"{where}.app.{error}";
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

        foreach (var error in ConfigurationValidation.AtLeast($"{where}.interval", pulls.Interval, TimeSpan.FromSeconds(1)))
        {
            yield return error;
        }
    }

    /// <summary>Short name of the branch that is followed; null where it is no branch.</summary>
    public static string? BranchOf(RepositoryConfiguration repository) =>
        repository.Ref.StartsWith("refs/heads/", StringComparison.Ordinal) ? repository.Ref["refs/heads/".Length..] : null;

    /// <summary>Null where neither the configuration nor the URL says which repository of which forge it is.</summary>
    public static ForgeOptions? Options(RepositoryConfiguration repository, PullRequestConfiguration pulls) =>
        KindOf(pulls, ForgeFactory.Kinds) is { } kind ? Options(repository, pulls, kind) : null;

    internal static ForgeOptions? Options(RepositoryConfiguration repository, PullRequestConfiguration pulls, IForgeKind kind)
    {
        var implied = Uri.TryCreate(repository.Url, UriKind.Absolute, out var url) ? kind.Implied(url) : null;
        var api =
            pulls.Api.Length == 0 ? implied?.Api
            : Uri.TryCreate(pulls.Api, UriKind.Absolute, out var given) ? given
            : null;
        var name = pulls.Repository.Length == 0 ? implied?.Repository : pulls.Repository;
        return api is null || name is null
            ? null
            : new()
            {
                Kind = pulls.Forge,
                Api = api,
                Repository = name,
                TokenFile = pulls.TokenFile.Length > 0 ? pulls.TokenFile : repository.TokenFile,
                App = pulls.App is { } app ? new(app.Id, app.Installation, app.PrivateKeyFile) : null,
                Login = pulls.Login,
            };
    }

    private static IForgeKind? KindOf(PullRequestConfiguration pulls, IReadOnlyList<IForgeKind> kinds) =>
        kinds.FirstOrDefault(kind => kind.Name == pulls.Forge);

    private static bool IsApi(Uri api) =>
        (api.Scheme == Uri.UriSchemeHttps || (api.Scheme == Uri.UriSchemeHttp && api.IsLoopback))
        && api.UserInfo.Length == 0
        && api.Query.Length == 0
        && api.Fragment.Length == 0;
}
