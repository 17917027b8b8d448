using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Octokit;

namespace GitOpsOperator.Sync.Forges.GitHub;

/// <summary>
/// Speaks as one installation of a GitHub App: a short-lived token for it is made by a signed statement, and recreated before it ends.
/// (docs.github.com, "Authenticating as a GitHub App installation")
/// </summary>
#pragma warning disable CA1001 // A semaphore whose wait handle is never taken holds nothing that would have to be disposed of.
internal sealed class GitHubApp(ForgeAppOptions app, Func<ICredentialStore, IConnection> connect, TimeProvider time) : ICredentialStore
#pragma warning restore CA1001
{
    /// <summary>GitHub takes ten minutes at most; a minute is left to clocks that differ.</summary>
    private static readonly TimeSpan StatementLife = TimeSpan.FromMinutes(9);

    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(1);

    /// <summary>A token is not begun with that ends within this time.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _lock = new(1, 1);
    private volatile Octokit.AccessToken? _token;

    /// <summary>The token in use; null before the first.</summary>
    public string? Token => _token?.Token;

    /// <summary>It was refused: the next call asks for another.</summary>
    public void Forget() => _token = null;

    /// <summary>The login under which the App comments.</summary>
    public async Task<string> LoginAsync() => $"{(await new GitHubClient(await StatedAsync()).GitHubApps.GetCurrent()).Slug}[bot]";

    public async Task<Credentials> GetCredentials()
    {
        await _lock.WaitAsync();
        try
        {
            if (_token is not { } token || token.ExpiresAt - time.GetUtcNow() < Reserve)
            {
                var client = new GitHubClient(await StatedAsync());
                _token = token = await client.GitHubApps.CreateInstallationToken(app.Installation);
            }

            return new(token.Token);
        }
        finally
        {
            _lock.Release();
        }
    }

    private async Task<IConnection> StatedAsync() => connect(new Statement(await StateAsync()));

    /// <summary>A JSON Web Token by RS256 (RFC 7519): who we are, and until when that holds.</summary>
    private async Task<string> StateAsync()
    {
        var key = await Sync.AccessToken.ReadTextAsync(app.PrivateKeyFile, CancellationToken.None);
        var now = time.GetUtcNow();
        var claims = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"iat":{{(now - ClockDifference).ToUnixTimeSeconds()}},"exp":"""
                + $$"""{{(now + StatementLife - ClockDifference).ToUnixTimeSeconds()}},"iss":"{{app.Id}}"}"""
        );
        var stated = $"{Encode("""{"alg":"RS256","typ":"JWT"}""")}.{Encode(claims)}";
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(key);
            var signature = rsa.SignData(Encoding.ASCII.GetBytes(stated), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return $"{stated}.{Base64Url.EncodeToString(signature)}";
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new UnusableTokenException(
                $"The key file {app.PrivateKeyFile} holds no RSA key in PEM form; use the file that GitHub gave for the App.",
                e
            );
        }
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private sealed class Statement(string text) : ICredentialStore
    {
        public Task<Credentials> GetCredentials() => Task.FromResult(new Credentials(text, AuthenticationType.Bearer));
    }
}
