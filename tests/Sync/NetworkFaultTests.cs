using System.Diagnostics;
using GitOpsOperator.Sandbox.Git;
using GitOpsOperator.Sync.Git;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.TestKit.Git;

namespace GitOpsOperator.Sync.Tests;

public sealed class NetworkFaultTests : IDisposable
{
    private readonly TestRepository _repository = new();
    private readonly GitNetwork _network = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_never_answers_is_left_at_the_deadline_and_the_child_is_gone(bool trickles)
    {
        await using var server = new StubServer(trickles ? StubServer.TrickleAsync : StubServer.StaySilentAsync);
        using var mirror = Open(server.Url, timeout: TimeSpan.FromSeconds(1.5));
        var clock = Stopwatch.StartNew();

        var error = Error(await mirror.PollAsync(Token));

        Assert.Equal(SyncErrorKind.TimedOut, error.Kind);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1.4), TimeSpan.FromSeconds(5));
        Assert.Equal(1, server.Connections);
        Assert.False(Directory.Exists($"/proc/{_network.LastChild}"), "the child is still there");
        TestContext.Current.SendDiagnosticMessage("deadline 1500 ms, ended after {0} ms: {1}", clock.ElapsedMilliseconds, error.Message);
    }

    [Fact]
    public async Task A_poll_that_is_cancelled_ends_its_child()
    {
        await using var server = new StubServer(StubServer.StaySilentAsync);
        using var mirror = Open(server.Url, timeout: TimeSpan.FromMinutes(1));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var poll = mirror.PollAsync(cancel.Token);
        await Until(() => server.Connections == 1);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        Assert.False(Directory.Exists($"/proc/{_network.LastChild}"), "the child is still there");
    }

    [Fact]
    public async Task A_child_whose_parent_is_gone_ends_itself()
    {
        await using var server = new StubServer(StubServer.StaySilentAsync);
        using (Open(server.Url))
        {
            // Only to make the folder.
        }

        var self = GitNetworkProgram.Self();
        using var child = Process.Start(new ProcessStartInfo(self.File, self.Arguments) { RedirectStandardInput = true })!;
        var request =
            $$"""{"Operation":0,"Directory":"{{_repository.Folder("mirror")}}","RemoteRefs":["refs/heads/main"],"""
            + $$""" "DeadlineMilliseconds":60000,"MaxBytes":1,"LocalRef":"refs/x"}""";
        await child.StandardInput.WriteLineAsync(request.AsMemory(), Token);
        await child.StandardInput.FlushAsync(Token);
        await Until(() => server.Connections == 1);

        // What the kernel does to the pipe when the parent is killed.
        child.StandardInput.Close();

        await child.WaitForExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(5), Token);
    }

    [Fact]
    public async Task What_a_killed_fetch_leaves_behind_does_not_stop_the_next_one()
    {
        _repository.Commit("one", ("a.yaml", "a: 1\n"));
        using (Open(_repository.FileUrl))
        {
            // Only to make the folder.
        }

        var mirrored = _repository.Folder("mirror");
        Directory.CreateDirectory(Path.Combine(mirrored, "refs/gitops"));
        await File.WriteAllTextAsync(Path.Combine(mirrored, "refs/gitops/fetched.lock"), "", Token);
        await File.WriteAllTextAsync(Path.Combine(mirrored, "objects/pack/pack_git2_x"), "half", Token);
        using var mirror = Open(_repository.FileUrl);

        Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
        Assert.False(File.Exists(Path.Combine(mirrored, "objects/pack/pack_git2_x")));
    }

    [Fact]
    public async Task A_remote_that_goes_down_and_comes_back_loses_nothing()
    {
        var first = _repository.Commit("one", ("a.yaml", "a: 1\n"));
        var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Token);
        using var mirror = Open(new Uri(server.Address, "repo.git").ToString());
        Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));

        await server.DisposeAsync();
        Assert.Equal(SyncErrorKind.Unreachable, Error(await mirror.PollAsync(Token)).Kind);
        Assert.Equal(first, mirror.Revision);
        Expect.Is<RevisionFiles.Read>(mirror.ReadFiles(first));

        var second = _repository.Commit("two", ("a.yaml", "a: 2\n"));
        await using var again = await GitHttpServer.StartAsync(new() { Root = _repository.Root, Port = server.Address.Port }, Token);
        var advanced = Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
        Assert.Equal((first, second), (advanced.From, advanced.Revision));
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/repo.git", SyncErrorKind.Unreachable)]
    [InlineData("http://no-such-host.invalid/repo.git", SyncErrorKind.Unreachable)]
    [InlineData("/nowhere/repo.git", SyncErrorKind.NotFound)]
    public async Task Errors_are_told_apart(string url, SyncErrorKind kind)
    {
        using var mirror = Open(url);
        var error = Error(await mirror.PollAsync(Token));
        Assert.True(error.Kind == kind, error.ToString());
    }

    [Theory]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", SyncErrorKind.Refused)]
    [InlineData("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", SyncErrorKind.Auth)]
    [InlineData("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", SyncErrorKind.NotFound)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/html\r\n\r\nhello", SyncErrorKind.Unreachable)]
    public async Task Answers_that_are_no_listing_are_told_apart(string answer, SyncErrorKind kind)
    {
        await using var server = new StubServer(StubServer.Answer(answer));
        using var mirror = Open(server.Url);
        var error = Error(await mirror.PollAsync(Token));
        Assert.True(error.Kind == kind, error.ToString());
    }

    [Fact]
    public async Task A_redirect_to_another_host_is_not_followed()
    {
        await using var elsewhere = new StubServer(StubServer.Answer("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"));
        await using var server = new StubServer(
            StubServer.Answer(
                "HTTP/1.1 302 Found\r\nLocation: "
                    + $"{elsewhere.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}"
                    + "/info/refs?service=git-upload-pack\r\nContent-Length: 0\r\n\r\n"
            )
        );
        using var mirror = Open(server.Url);

        var error = Error(await mirror.PollAsync(Token));
        Assert.True(error.Kind == SyncErrorKind.Refused, error.ToString());
        Assert.Equal(0, elsewhere.Connections);
    }

    [Fact]
    public async Task A_repository_that_the_server_does_not_have_is_not_found()
    {
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Token);
        using var mirror = Open(new Uri(server.Address, "other.git").ToString());
        Assert.Equal(SyncErrorKind.NotFound, Error(await mirror.PollAsync(Token)).Kind);
    }

    [Fact]
    public async Task A_fetch_beyond_its_limit_is_ended_and_the_next_one_works()
    {
        var noise = new byte[300_000];
        new Random(1).NextBytes(noise);
        _repository.Commit("one", ("a.yaml", Convert.ToBase64String(noise)));
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Token);
        var url = new Uri(server.Address, "repo.git").ToString();
        using (var small = Open(url, limits: new() { MaxFetchBytes = 50_000 }))
        {
            Assert.Equal(SyncErrorKind.TooLarge, Error(await small.PollAsync(Token)).Kind);
        }

        using var large = Open(url);
        Expect.Is<PollResult.Advanced>(await large.PollAsync(Token));
    }

    [Theory]
    [InlineData("yes", "more than")]
    [InlineData("echo broken >&2; exit 3", "broken")]
    [InlineData("echo what", "not JSON")]
    public async Task A_child_that_floods_or_fails_is_an_error_on_this_side(string script, string part)
    {
        using var mirror = GitMirror.Open(
            _repository.Folder("mirror"),
            new() { Url = _repository.FileUrl },
            new GitNetwork(TimeProvider.System, new("/bin/sh", ["-c", script]))
        );
        var error = Error(await mirror.PollAsync(Token));
        Assert.Equal(SyncErrorKind.Local, error.Kind);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_serves_one_mirror_at_a_time()
    {
        using var mirror = Open(_repository.FileUrl);
        var refused = Assert.Throws<IOException>(() => Open(_repository.FileUrl));
        Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
    }

    private GitMirror Open(string url, TimeSpan? timeout = null, RepositoryLimits? limits = null) =>
        GitMirror.Open(
            _repository.Folder("mirror"),
            new()
            {
                Url = url,
                NetworkTimeout = timeout ?? TimeSpan.FromSeconds(30),
                Limits = limits ?? new(),
            },
            _network
        );

    private static SyncError Error(PollResult result) => Expect.Is<PollResult.Failed>(result).Error;

    private static async Task Until(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(Token);
        }
    }
}
