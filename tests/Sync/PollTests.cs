using System.Diagnostics;
using GitOpsOperator.Sandbox.Git;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.TestKit.Git;

namespace GitOpsOperator.Sync.Tests;

public sealed class PollTests : IDisposable
{
    private readonly TestRepository _repository = new();
    private readonly GitNetwork _network = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_is_one_advance_and_no_commit_is_none(bool http)
    {
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Token);
        var url = http ? new Uri(server.Address, "repo.git").ToString() : _repository.FileUrl;
        var first = _repository.Commit("one", ("clusters/a.yaml", "a: 1\n"), ("README.md", "hello\n"));
        using var mirror = GitMirror.Open(_repository.Folder("mirror"), new() { Url = url, Path = "clusters" }, _network);

        var started = Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
        Assert.Null(started.From);
        Assert.Equal(first, started.Revision);
        var before = server.Requests;
        Assert.Equal(new PollResult.Unchanged(first), await Timed("unchanged poll", mirror));
        Assert.Equal(http ? 1 : 0, server.Requests - before);

        var second = _repository.Commit("two", ("clusters/a.yaml", "a: 2\n"), ("clusters/b.yml", "b: 1\n"), ("other/c.yaml", "c: 1\n"));
        var advanced = Expect.Is<PollResult.Advanced>(await Timed("advance", mirror));
        Assert.Equal((first, second), (advanced.From, advanced.Revision));
        Assert.Equal(new PollResult.Unchanged(second), await mirror.PollAsync(Token));

        var files = Expect.Is<RevisionFiles.Read>(mirror.ReadFiles(second));
        Assert.Equal(["clusters/a.yaml", "clusters/b.yml"], files.Files.Select(file => file.Path));
        Assert.Equal("a: 2\n"u8, files.Files[0].Content.Span);
    }

    private static async Task<PollResult> Timed(string what, GitMirror mirror)
    {
        var clock = Stopwatch.StartNew();
        var result = await mirror.PollAsync(Token);
        TestContext.Current.SendDiagnosticMessage("{0} of {1}: {2} ms", what, mirror.Options.Url, clock.ElapsedMilliseconds);
        return result;
    }
}
