using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GitOpsOperator.Sandbox.Git;
using GitOpsOperator.Sync.Git;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.Sync.Git.Status;
using GitOpsOperator.TestKit.Git;

namespace GitOpsOperator.Sync.Tests;

public sealed class CredentialTests : IDisposable
{
    /// <summary>With characters that look different once escaped.</summary>
    private const string Canary = "canary+Tok/en=4711";

    private readonly TestRepository _repository = new();
    private readonly GitNetwork _network = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string TokenFile => _repository.Folder("token");

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task A_token_is_read_anew_so_that_a_rotated_one_works_at_once()
    {
        var accepted = "first";
        _repository.Commit("one", ("a.yaml", "a: 1\n"));
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root, Token = () => accepted }, Token);
        using var mirror = Open(Url(server), TokenFile);

        await File.WriteAllTextAsync(TokenFile, "first\n", Token);
        Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
        Expect.Is<PollResult.Unchanged>(await mirror.PollAsync(Token));

        accepted = "second";
        Assert.Equal(SyncErrorKind.Auth, Error(await mirror.PollAsync(Token)).Kind);

        await File.WriteAllTextAsync(TokenFile, "second", Token);
        _repository.Commit("two", ("a.yaml", "a: 2\n"));
        Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
    }

    [Fact]
    public async Task The_status_is_pushed_with_the_token()
    {
        await File.WriteAllTextAsync(TokenFile, Canary, Token);
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root, Token = () => Canary }, Token);
        using var branch = StatusBranch.Open(
            _repository.Folder("status"),
            new() { Url = Url(server), TokenFile = TokenFile },
            _network,
            "default"
        );
        Expect.Is<StatusWriteResult.Written>(await branch.WriteAsync(Status(), Token));
    }

    [Fact]
    public async Task Without_a_token_the_message_says_to_set_one()
    {
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root, Token = () => "x" }, Token);
        using var mirror = Open(Url(server), null);
        var error = Error(await mirror.PollAsync(Token));
        Assert.Equal(SyncErrorKind.Auth, error.Kind);
        Assert.Contains("Set username and tokenFile", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData("\n", "is empty")]
    [InlineData("one\ntwo", "more than one line")]
    public async Task A_token_file_that_cannot_serve_is_named(string? content, string part)
    {
        if (content is not null)
        {
            await File.WriteAllTextAsync(TokenFile, content, Token);
        }

        using var mirror = Open(_repository.FileUrl, TokenFile);
        var error = Error(await mirror.PollAsync(Token));
        Assert.Equal(SyncErrorKind.Auth, error.Kind);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains(TokenFile, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_is_in_no_message_argument_environment_or_file()
    {
        await File.WriteAllTextAsync(TokenFile, Canary, Token);
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"git:{Canary}"));
        var messages = new List<string>();

        // A server that repeats whatever it was sent, in a reason, a header and a body.
        await using var echo = new StubServer(
            StubServer.Answer(
                $"HTTP/1.1 400 {Canary} {basic}\r\nX: {Canary}\r\nContent-Type: text/plain\r\nContent-Length: "
                    + $"{Canary.Length}\r\n\r\n{Canary}"
            )
        );
        // One that redirects to a URL with it inside.
        await using var redirecting = new StubServer(
            StubServer.Answer(
                "HTTP/1.1 302 Found\r\nLocation: "
                    + $"http://git:{Uri.EscapeDataString(Canary)}"
                    + "@localhost:1/repo.git/info/refs?service=git-upload-pack\r\nContent-Length: 0\r\n\r\n"
            )
        );
        await using var refusing = await GitHttpServer.StartAsync(new() { Root = _repository.Root, Token = () => "other" }, Token);
        await using var silent = new StubServer(StubServer.StaySilentAsync);
        foreach (var url in (string[])[echo.Url, redirecting.Url, Url(refusing), silent.Url, "http://127.0.0.1:1/x.git"])
        {
            using var mirror = Open(url, TokenFile, TimeSpan.FromSeconds(2));
            var poll = mirror.PollAsync(Token);
            if (url == silent.Url)
            {
                await Until(() => silent.Connections > 0);
                messages.Add(await File.ReadAllTextAsync($"/proc/{_network.LastChild}/cmdline", Token));
                messages.Add(await File.ReadAllTextAsync($"/proc/{_network.LastChild}/environ", Token));
            }

            messages.Add(Error(await poll).ToString());
        }

        // A child that dies with it on its lips.
        var babbling = new GitNetwork(TimeProvider.System, new("/bin/sh", ["-c", "read -r line; echo \"$line\" >&2; exit 1"]));
        using (var mirror = GitMirror.Open(_repository.Folder("mirror"), Options("http://127.0.0.1:1/x.git", TokenFile), babbling))
        {
            messages.Add(Error(await mirror.PollAsync(Token)).ToString());
        }

        // And what lies on disk afterwards.
        messages.AddRange(
            Directory
                .EnumerateFiles(_repository.Folder("mirror"), "*", SearchOption.AllDirectories)
                .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
                .Select(File.ReadAllText)
        );

        foreach (var text in messages)
        {
            foreach (
                var form in (string[])
                    [
                        Canary,
                        "Tok/en",
                        Uri.EscapeDataString(Canary),
                        basic.TrimEnd('='),
                        Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary)).TrimEnd('='),
                    ]
            )
            {
                Assert.DoesNotContain(form, text, StringComparison.OrdinalIgnoreCase);
            }
        }

        Assert.Contains(messages, message => message.Contains(Redaction.Mark, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_private_CA_is_trusted_when_it_is_named_and_only_then()
    {
        using var certificate = Certificate();
        var authority = _repository.Folder("ca.pem");
        await File.WriteAllTextAsync(authority, certificate.ExportCertificatePem(), Token);
        _repository.Commit("one", ("a.yaml", "a: 1\n"));
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root, Certificate = certificate }, Token);
        Assert.Equal("https", server.Address.Scheme);
        using (var mirror = Open(Url(server), null))
        {
            var error = Error(await mirror.PollAsync(Token));
            Assert.True(error.Kind == SyncErrorKind.Unreachable, error.ToString());
            Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
        }

        using var trusting = GitMirror.Open(_repository.Folder("mirror"), new() { Url = Url(server), CaFile = authority }, _network);
        Expect.Is<PollResult.Advanced>(await trusting.PollAsync(Token));
    }

    private GitMirror Open(string url, string? tokenFile, TimeSpan? timeout = null) =>
        GitMirror.Open(
            _repository.Folder("mirror"),
            Options(url, tokenFile) with
            {
                NetworkTimeout = timeout ?? TimeSpan.FromSeconds(30),
            },
            _network
        );

    private static RepositoryOptions Options(string url, string? tokenFile) => new() { Url = url, TokenFile = tokenFile };

    private static string Url(GitHttpServer server) => new Uri(server.Address, "repo.git").ToString();

    private static SyncError Error(PollResult result) => Expect.Is<PollResult.Failed>(result).Error;

    private static StatusCommit Status() =>
        new()
        {
            Files = ImmutableSortedDictionary<string, string>.Empty.Add("status/a.yaml", "a"),
            SourceCommit = new('a', 40),
            SourceTime = DateTimeOffset.UnixEpoch,
            Subject = "status",
        };

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=git", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private static async Task Until(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(Token);
        }
    }
}
