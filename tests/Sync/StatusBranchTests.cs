using System.Collections.Immutable;
using GitOpsOperator.Sandbox.Git;
using GitOpsOperator.Sync.Network;
using GitOpsOperator.Sync.Status;

namespace GitOpsOperator.Sync.Tests;

public sealed class StatusBranchTests : IDisposable
{
    private const string Branch = "gitops-status/default";

    private static readonly string Source = new('a', 40);

    private readonly TestRepository _repository = new();
    private readonly GitNetwork _network = new(TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_status_is_one_commit_and_the_same_status_is_none(bool http)
    {
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Ct);
        var main = _repository.Commit("one", ("a.yaml", "a: 1\n"));
        using var branch = Open("status", http ? Url(server) : _repository.FileUrl);

        var first = Expect.Is<StatusWriteResult.Written>(await branch.WriteAsync(Status(("status/default/a.yaml", "phase: Growing\n")), Ct));
        Assert.Equal(1, first.Tries);
        var before = server.Requests;
        Expect.Is<StatusWriteResult.Unchanged>(await branch.WriteAsync(Status(("status/default/a.yaml", "phase: Growing\n")), Ct));
        Assert.Equal(before, server.Requests);
        var second = Expect.Is<StatusWriteResult.Written>(await branch.WriteAsync(Status(("status/default/b.yaml", "phase: Converged\n")), Ct));

        Assert.Equal($"{second.Commit} {first.Commit}\n{first.Commit}", Bare("log", "--format=%H %P", Branch).Replace(" \n", "\n", StringComparison.Ordinal).TrimEnd());
        Assert.Equal("status/default/b.yaml", Bare("ls-tree", "-r", "--name-only", Branch));
        Assert.Equal("phase: Converged", Bare("show", $"{Branch}:status/default/b.yaml"));
        Assert.Equal(
            $"gitops-operator|status(etcd/a): told|{Source}|{Status(("status/default/b.yaml", "phase: Converged\n")).ReportDigest}",
            Bare("log", "-1", "--format=%an|%s|%(trailers:key=Source-Commit,valueonly,separator=)|%(trailers:key=Report-Digest,valueonly,separator=)", Branch));
        Assert.Equal(main, Bare("rev-parse", "main"));
        Bare("fsck", "--strict");
    }

    [Fact]
    public async Task The_same_inputs_give_the_same_commit_id()
    {
        _repository.Commit("one", ("a.yaml", "a: 1\n"));
        var other = new TestRepository();
        using var here = Open("here", _repository.FileUrl);
        using var there = Open("there", other.FileUrl);
        foreach (var content in (string[])["1", "2"])
        {
            var one = Expect.Is<StatusWriteResult.Written>(await here.WriteAsync(Status(("status/a.yaml", content)), Ct));
            var two = Expect.Is<StatusWriteResult.Written>(await there.WriteAsync(Status(("status/a.yaml", content)), Ct));
            Assert.Equal(one.Commit, two.Commit);
        }

        other.Dispose();
    }

    [Fact]
    public async Task Two_writers_that_race_over_http_lose_no_commit()
    {
        const int Rounds = 8;
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Ct);
        _repository.Commit("one", ("a.yaml", "a: 1\n"));
        using var one = Open("one", Url(server));
        using var two = Open("two", Url(server));
        var written = new List<StatusWriteResult.Written>();
        for (var round = 0; round < Rounds; round++)
        {
            var content = $"round: {round}\n";
            var results = await Task.WhenAll(
                one.WriteAsync(Status(("one/status.yaml", content)) with { Owned = "one" }, Ct),
                two.WriteAsync(Status(("two/status.yaml", content)) with { Owned = "two" }, Ct));
            written.AddRange(results.Select(Expect.Is<StatusWriteResult.Written>));
            Assert.Equal(content.Trim(), Bare("show", $"{Branch}:one/status.yaml"));
            Assert.Equal(content.Trim(), Bare("show", $"{Branch}:two/status.yaml"));
        }

        Assert.Equal(written.Select(result => result.Commit).Order(), Bare("rev-list", Branch).Split('\n').Order());
        Assert.Equal("1", Bare("rev-list", "--max-parents=0", "--count", Branch));
        var collided = written.Count(result => result.Tries > 1);
        TestContext.Current.SendDiagnosticMessage("{0} of {1} writes needed more than one try, at most {2}", collided, written.Count, written.Max(result => result.Tries));
        Assert.True(collided > 0, "no two writes collided: this run proves nothing");
    }

    private StatusBranch Open(string folder, string url) =>
        StatusBranch.Open(_repository.Folder(folder), new() { Url = url }, _network, "default");

    private static string Url(GitHttpServer server) => new Uri(server.Address, "repo.git").ToString();

    private string Bare(params string[] arguments) => _repository.Git(_repository.Bare, arguments);

    private static StatusCommit Status(params (string Path, string Content)[] files) => new()
    {
        Files = files.ToImmutableSortedDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal),
        SourceCommit = Source,
        SourceTime = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
        Subject = "status(etcd/a): told",
        Owned = "status",
    };
}
