using System.Net;
using Octokit;
using Octokit.Internal;

namespace GitOpsOperator.Sync.Forges.GitHub;

/// <summary>Octokit over <see cref="ForgeHttp"/>, with the token read for each call, and its exceptions in our words.</summary>
internal sealed class GitHubConnection
{
    private const string RateLimitHeaders = "x-ratelimit-";

    private readonly ForgeOptions _options;
    private readonly GitHubApp? _app;

    public GitHubConnection(ForgeOptions options, TimeProvider time, HttpMessageHandler? network)
    {
        _options = options;
        var api = options.Api.AbsoluteUri.EndsWith('/') ? options.Api : new Uri(options.Api.AbsoluteUri + "/");
        var client = new HttpClientAdapter(() => new ForgeHttp(options, RateLimitHeaders, time, network ?? ForgeHttp.Network()));
        _app = options.App is { } app ? new(app, Connect, time) : null;
        Octokit = Connect(_app is null ? new TokenFile(options.TokenFile) : _app);

        Connection Connect(ICredentialStore credentials) =>
            new(new ProductHeaderValue("gitops-operator"), api, credentials, client, new SimpleJsonSerializer());
    }

    public Connection Octokit { get; }

    /// <summary>The login under which comments are made.</summary>
    public Task<string> LoginAsync(CancellationToken cancellationToken) =>
        CallAsync(
            () => _app is null ? UserAsync() : _app.LoginAsync(),
            login => login.Length > 0 ? login : throw new FormatException("A user without a login"),
            cancellationToken
        );

    /// <summary>Octokit takes no cancellation for most calls; the request itself ends by its own deadline.</summary>
    /// <exception cref="ForgeException">GitHub did not do what was asked.</exception>
    /// <param name="read">Takes what is needed out of the answer, which may lack anything.</param>
    public async Task<TResult> CallAsync<TAnswer, TResult>(
        Func<Task<TAnswer>> call,
        Func<TAnswer, TResult> read,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return read(await call().WaitAsync(cancellationToken));
        }
        catch (UnusableTokenException e)
        {
            throw new ForgeException(ForgeErrorKind.Auth, e.Message, null, e);
        }
        catch (ForgeException e) when (e.Kind == ForgeErrorKind.Auth)
        {
            _app?.Forget();
            throw;
        }
        catch (ApiException e)
        {
            throw await ErrorAsync(e, cancellationToken);
        }
        catch (Exception e)
            when (e
                    is System.Runtime.Serialization.SerializationException
                        or FormatException
                        or InvalidCastException
                        or ArgumentException
                        or NullReferenceException
                        or KeyNotFoundException
            )
        {
            // Octokit's reader throws these for an answer that is not what it should be; it is the only code that ran.
            throw new ForgeException(
                ForgeErrorKind.BadResponse,
                $"{_options.Api.Host} answered with what is not GitHub's API; check pullRequests.api.",
                null,
                e
            );
        }
    }

    private async Task<ForgeException> ErrorAsync(ApiException error, CancellationToken cancellationToken)
    {
        var token = _app?.Token;
        try
        {
            token ??= await AccessToken.ReadAsync(_app is null ? _options.TokenFile : null, cancellationToken);
        }
        catch (UnusableTokenException)
        {
            // It was readable when the call was made; there is nothing left to take out of the message.
        }

        var said = new Redaction("", token).Apply(error.ApiError?.Message ?? "");
        var (kind, advice) = error.StatusCode switch
        {
            HttpStatusCode.NotFound => (ForgeErrorKind.NotFound, "check pullRequests.repository, and that the token may see it"),
            HttpStatusCode.Forbidden => (
                ForgeErrorKind.Forbidden,
                "give the token the permissions pull requests: write and commit statuses: write"
            ),
            >= HttpStatusCode.InternalServerError => (ForgeErrorKind.Server, "it is tried again by itself"),
            _ => (ForgeErrorKind.Refused, "see what it says; it is tried again when something changes"),
        };
        return new(
            kind,
            $"{_options.Api.Host} answered {(int)error.StatusCode} for "
                + $"{_options.Repository}{(said.Length > 0 ? $" ({said.TrimEnd('.')})" : "")}; {advice}."
        );
    }

    private async Task<string> UserAsync() => (await new GitHubClient(Octokit).User.Current()).Login;

    private sealed class TokenFile(string path) : ICredentialStore
    {
        public async Task<Credentials> GetCredentials() =>
            new(
                await AccessToken.ReadAsync(path, CancellationToken.None)
                    ?? throw new UnusableTokenException("No token file is configured.")
            );
    }
}
