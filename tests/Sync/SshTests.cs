using System.Collections.Immutable;
using GitOpsOperator.Sync.Git;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.Sync.Git.Status;
using GitOpsOperator.TestKit.Git;

namespace GitOpsOperator.Sync.Tests;

/// <summary>git over ssh, with a real sshd.</summary>
public sealed class SshTests : IDisposable
{
    private readonly TestRepository _repository = new();
    private readonly GitNetwork _network = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task It_is_read_and_the_status_is_pushed_with_the_key()
    {
        await using var server = await StartAsync();
        _repository.Commit("one", ("a.yaml", "a: 1\n"));
        using var mirror = Open(server);
        Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
        Expect.Is<PollResult.Unchanged>(await mirror.PollAsync(Token));
        _repository.Commit("two", ("a.yaml", "a: 2\n"));
        Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));

        using var branch = StatusBranch.Open(_repository.Folder("status"), Options(server), _network, "default");
        Expect.Is<StatusWriteResult.Written>(await branch.WriteAsync(Status(), Token));
    }

    [Fact]
    public async Task A_rotated_key_is_used_at_once_and_the_old_one_is_told_as_refused()
    {
        await using var server = await StartAsync();
        _repository.Commit("one", ("a.yaml", "a: 1\n"));
        using var mirror = Open(server);
        Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));

        var rotated = Path.Combine(server.Folder, "rotated");
        await SshServer.KeyAsync(rotated, Token);
        File.Copy(rotated + ".pub", Path.Combine(server.Folder, "authorized"), overwrite: true);
        var error = Error(await mirror.PollAsync(Token));
        Assert.Equal(SyncErrorKind.Auth, error.Kind);
        Assert.Contains("Permission denied (publickey", error.Message, StringComparison.Ordinal);
        Assert.Contains(server.Key, error.Message, StringComparison.Ordinal);

        // As a Secret's volume does it: another file takes the name.
        File.Move(rotated, server.Key, overwrite: true);
        _repository.Commit("two", ("a.yaml", "a: 2\n"));
        Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
    }

    [Fact]
    public async Task A_server_with_another_key_than_the_known_one_is_refused()
    {
        await using var server = await StartAsync();
        _repository.Commit("one", ("a.yaml", "a: 1\n"));
        var other = Path.Combine(server.Folder, "other");
        await SshServer.KeyAsync(other, Token);
        await File.WriteAllTextAsync(
            server.KnownHosts,
            $"[127.0.0.1]:{server.Port} {await File.ReadAllTextAsync(other + ".pub", Token)}",
            Token
        );
        using var mirror = Open(server);
        var error = Error(await mirror.PollAsync(Token));
        Assert.Equal(SyncErrorKind.Auth, error.Kind);
        Assert.Contains("Host key verification failed", error.Message, StringComparison.Ordinal);
        Assert.Contains(server.KnownHosts, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_that_is_not_there_and_a_server_that_is_not_there_are_told_apart()
    {
        var server = await StartAsync();
        using var missing = GitMirror.Open(
            _repository.Folder("missing"),
            Options(server) with
            {
                Url = server.UrlOf("/nowhere/x.git"),
            },
            _network
        );
        Assert.Equal(SyncErrorKind.NotFound, Error(await missing.PollAsync(Token)).Kind);

        var options = Options(server);
        await server.DisposeAsync();
        using var gone = GitMirror.Open(_repository.Folder("gone"), options, _network);
        var error = Error(await gone.PollAsync(Token));
        Assert.Equal(SyncErrorKind.Unreachable, error.Kind);
        Assert.Contains("Connection refused", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssh://git@host/a.git", true)]
    [InlineData("ssh://git@host:2222/team/a.git", true)]
    [InlineData("ssh://host/a.git", false)]
    [InlineData("ssh://git:secret@host/a.git", false)]
    [InlineData("ssh://-oProxyCommand=x@host/a.git", false)]
    [InlineData("ssh://git@-oProxyCommand=x/a.git", false)]
    [InlineData("ssh://git@host/-a", false)]
    [InlineData("ssh://git@host/a'b", false)]
    [InlineData("ssh://git@host/a$(touch x)", false)]
    [InlineData("git@host:a.git", false)]
    public void Only_plain_ssh_URLs_are_allowed_and_passwords_are_not_repeated(string url, bool allowed)
    {
        var errors = new RepositoryOptions
        {
            Url = url,
            SshKeyFile = "/keys/ssh-privatekey",
            KnownHostsFile = "/keys/known_hosts",
        }.Validate();
        Assert.Equal(allowed, errors.Count == 0);
        Assert.DoesNotContain("secret", string.Join("; ", errors), StringComparison.Ordinal);
    }

    [Theory, InlineData(null), InlineData("relative"), InlineData("/a b"), InlineData("/a'; touch x; '")]
    public void Its_files_are_named_by_plain_absolute_paths(string? file)
    {
        var errors = new RepositoryOptions
        {
            Url = "ssh://git@host/a.git",
            SshKeyFile = file,
            KnownHostsFile = "/keys/known_hosts",
        }.Validate();
        Assert.Contains("sshKeyFile", Assert.Single(errors), StringComparison.Ordinal);
    }

    private Task<SshServer> StartAsync() => SshServer.StartAsync(_repository.Folder("sshd"), Token);

    private GitMirror Open(SshServer server) => GitMirror.Open(_repository.Folder("mirror"), Options(server), _network);

    private RepositoryOptions Options(SshServer server) =>
        new()
        {
            Url = server.UrlOf(_repository.Bare),
            SshKeyFile = server.Key,
            KnownHostsFile = server.KnownHosts,
        };

    private static SyncError Error(PollResult result) => Expect.Is<PollResult.Failed>(result).Error;

    private static StatusCommit Status() =>
        new()
        {
            Files = ImmutableSortedDictionary<string, string>.Empty.Add("status/README.md", "all is well\n"),
            SourceCommit = new string('a', 40),
            SourceTime = DateTimeOffset.UnixEpoch,
            Subject = "status: repository",
            Owned = ["status"],
        };
}
