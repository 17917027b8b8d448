using System.Collections.Immutable;
using GitOpsOperator.Sandbox.Git;
using GitOpsOperator.Sync.Git;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.Sync.Git.Status;
using GitOpsOperator.TestKit.Git;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsOperator.Sync.Tests;

public sealed class StatusBranchTests : IDisposable
{
    private const string Branch = "gitops-status/default";

    private static readonly string Source = new('a', 40);

    private readonly TestRepository _repository = new();
    private readonly GitNetwork _network = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_status_is_one_commit_and_the_same_status_is_none(bool http)
    {
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Token);
        var main = _repository.Commit("one", ("a.yaml", "a: 1\n"));
        using var branch = Open("status", http ? Url(server) : _repository.FileUrl);

        var first = Expect.Is<StatusWriteResult.Written>(
            await branch.WriteAsync(Status(("status/default/a.yaml", "phase: Growing\n")), Token)
        );
        Assert.Equal(1, first.Tries);
        var before = server.Requests;
        Expect.Is<StatusWriteResult.Unchanged>(await branch.WriteAsync(Status(("status/default/a.yaml", "phase: Growing\n")), Token));
        Assert.Equal(before, server.Requests);
        var second = Expect.Is<StatusWriteResult.Written>(
            await branch.WriteAsync(Status(("status/default/b.yaml", "phase: Converged\n")), Token)
        );

        Assert.Equal(
            $"{second.Commit} {first.Commit}\n{first.Commit}",
            Bare("log", "--format=%H %P", Branch).Replace(" \n", "\n", StringComparison.Ordinal).TrimEnd()
        );
        Assert.Equal("status/default/b.yaml", Bare("ls-tree", "-r", "--name-only", Branch));
        Assert.Equal("phase: Converged", Bare("show", $"{Branch}:status/default/b.yaml"));
        Assert.Equal(
            $"gitops-operator|status(etcd/a): told|{Source}|{Status(("status/default/b.yaml", "phase: Converged\n")).ReportDigest}",
            Bare(
                "log",
                "-1",
                "--format=%an|%s|%(trailers:key=Source-Commit,valueonly,separator=)|%(trailers:key=Report-Digest,valueonly,separator=)",
                Branch
            )
        );
        Assert.Equal(main, Bare("rev-parse", "main"));
        Bare("fsck", "--strict");
    }

    [Fact]
    public async Task What_was_written_is_read_by_another_life_and_nothing_where_there_is_no_branch()
    {
        _repository.Commit("one", ("a.yaml", "a: 1\n"));
        using (var none = Open("none", _repository.FileUrl))
        {
            Assert.Empty(await none.ReadAsync("drift", Token));
        }

        using (var written = Open("written", _repository.FileUrl))
        {
            Expect.Is<StatusWriteResult.Written>(
                await written.WriteAsync(
                    Status(
                        ("status/a.yaml", "a"),
                        ("drift/default/a.yaml", "b"),
                        ("drift/README.md", "c"),
                        ("drift/large", new string('x', 1024 * 1024 + 1))
                    ),
                    Token
                )
            );
        }

        using var branch = Open("read", _repository.FileUrl);
        Assert.Equal(
            ["drift/README.md=c", "drift/default/a.yaml=b"],
            (await branch.ReadAsync("drift", Token)).Select(file => $"{file.Key}={file.Value}").Order(StringComparer.Ordinal)
        );
        await Assert.ThrowsAsync<IOException>(() => Open("gone", _repository.FileUrl + "-gone").ReadAsync("drift", Token));
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
            var one = Expect.Is<StatusWriteResult.Written>(await here.WriteAsync(Status(("status/a.yaml", content)), Token));
            var two = Expect.Is<StatusWriteResult.Written>(await there.WriteAsync(Status(("status/a.yaml", content)), Token));
            Assert.Equal(one.Commit, two.Commit);
        }

        other.Dispose();
    }

    [Fact]
    public async Task Two_writers_that_race_over_http_lose_no_commit()
    {
        const int Rounds = 8;
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Token);
        _repository.Commit("one", ("a.yaml", "a: 1\n"));
        using var one = Open("one", Url(server));
        using var two = Open("two", Url(server));
        var written = new List<StatusWriteResult.Written>();
        for (var round = 0; round < Rounds; round++)
        {
            var content = $"round: {round}\n";
            var results = await Task.WhenAll(
                one.WriteAsync(Status(("one/status.yaml", content)) with { Owned = ["one"] }, Token),
                two.WriteAsync(Status(("two/status.yaml", content)) with { Owned = ["two"] }, Token)
            );
            written.AddRange(results.Select(Expect.Is<StatusWriteResult.Written>));
            Assert.Equal(content.Trim(), Bare("show", $"{Branch}:one/status.yaml"));
            Assert.Equal(content.Trim(), Bare("show", $"{Branch}:two/status.yaml"));
        }

        Assert.Equal(written.Select(result => result.Commit).Order(), Bare("rev-list", Branch).Split('\n').Order());
        Assert.Equal("1", Bare("rev-list", "--max-parents=0", "--count", Branch));
        var collided = written.Count(result => result.Tries > 1);
        TestContext.Current.SendDiagnosticMessage(
            "{0} of {1} writes needed more than one try, at most {2}",
            collided,
            written.Count,
            written.Max(result => result.Tries)
        );
        Assert.True(collided > 0, "no two writes collided: this run proves nothing");
    }

    [Fact]
    public async Task A_hook_that_says_no_is_an_error_and_not_a_race()
    {
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Token);
        var hook = Path.Combine(_repository.Bare, "hooks", "update");
        await File.WriteAllTextAsync(hook, "#!/bin/sh\nexit 1\n", Token);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var branch = Open("status", Url(server));

        var failed = Expect.Is<StatusWriteResult.Failed>(await branch.WriteAsync(Status(("status/a.yaml", "1")), Token));
        Assert.True(failed.Error.Kind == SyncErrorKind.Refused, failed.Error.ToString());
        Assert.Contains("hook declined", failed.Error.Message, StringComparison.Ordinal);

        File.Delete(hook);
        Expect.Is<StatusWriteResult.Written>(await branch.WriteAsync(Status(("status/a.yaml", "1")), Token));
    }

    [Fact]
    public async Task Another_ones_commit_between_two_of_ours_is_kept()
    {
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Token);
        using var branch = Open("status", Url(server));
        var first = Expect.Is<StatusWriteResult.Written>(await branch.WriteAsync(Status(("status/a.yaml", "1")), Token));
        _repository.Git(_repository.Work, "fetch", "--quiet", "origin", Branch);
        _repository.Git(_repository.Work, "checkout", "--quiet", "-b", "theirs", "FETCH_HEAD");
        await File.WriteAllTextAsync(Path.Combine(_repository.Work, "theirs.txt"), "theirs", Token);
        _repository.Git(_repository.Work, "add", "--all");
        _repository.Git(_repository.Work, "commit", "--quiet", "-m", "theirs");
        _repository.Git(_repository.Work, "push", "--quiet", "origin", $"HEAD:{Branch}");

        var second = Expect.Is<StatusWriteResult.Written>(await branch.WriteAsync(Status(("status/a.yaml", "2")), Token));
        Assert.Equal(2, second.Tries);
        Assert.Equal("status/a.yaml\ntheirs.txt", Bare("ls-tree", "-r", "--name-only", Branch));
        Assert.Equal("3", Bare("rev-list", "--count", Branch));
        Assert.Equal(first.Commit, Bare("rev-list", "--max-parents=0", Branch));
    }

    [Fact]
    public async Task After_a_restart_the_same_status_is_still_no_commit_and_a_deleted_branch_is_made_again()
    {
        using (var branch = Open("status", _repository.FileUrl))
        {
            Expect.Is<StatusWriteResult.Written>(await branch.WriteAsync(Status(("status/a.yaml", "1")), Token));
        }

        using (var branch = Open("status", _repository.FileUrl))
        {
            Expect.Is<StatusWriteResult.Unchanged>(await branch.WriteAsync(Status(("status/a.yaml", "1")), Token));
        }

        Bare("branch", "-D", Branch);
        using var again = Open("elsewhere", _repository.FileUrl);
        Expect.Is<StatusWriteResult.Written>(await again.WriteAsync(Status(("status/a.yaml", "1")), Token));
        Bare("branch", "-D", Branch);
        using var known = Open("status", _repository.FileUrl);
        Expect.Is<StatusWriteResult.Written>(await known.WriteAsync(Status(("status/a.yaml", "1")), Token));
        Assert.Equal("1", Bare("rev-list", "--count", Branch));
    }

    [Fact]
    public async Task A_branch_that_someone_took_away_is_noticed_in_time()
    {
        var time = new FakeTimeProvider();
        using var branch = StatusBranch.Open(_repository.Folder("status"), new() { Url = _repository.FileUrl }, _network, "default", time);
        Expect.Is<StatusWriteResult.Written>(await branch.WriteAsync(Status(("status/a.yaml", "1")), Token));
        Bare("branch", "-D", Branch);
        Expect.Is<StatusWriteResult.Unchanged>(await branch.WriteAsync(Status(("status/a.yaml", "1")), Token));
        time.Advance(TimeSpan.FromMinutes(11));
        Expect.Is<StatusWriteResult.Written>(await branch.WriteAsync(Status(("status/a.yaml", "1")), Token));
    }

    [Theory]
    [InlineData("../x.yaml")]
    [InlineData("status/../x.yaml")]
    [InlineData("elsewhere/x.yaml")]
    [InlineData("status/.git/x")]
    public async Task A_file_outside_of_the_own_folder_is_not_written(string path)
    {
        using var branch = Open("status", _repository.FileUrl);
        await Assert.ThrowsAsync<ArgumentException>(() => branch.WriteAsync(Status((path, "x")), Token));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("..")]
    [InlineData("")]
    public void An_operator_id_that_is_no_part_of_a_branch_name_is_refused(string id) =>
        Assert.Throws<ArgumentException>(() =>
            StatusBranch.Open(_repository.Folder("status"), new() { Url = _repository.FileUrl }, _network, id)
        );

    [Fact]
    public void The_watched_branch_is_never_the_one_written_to() =>
        Assert.Throws<ArgumentException>(() =>
            StatusBranch.Open(_repository.Folder("status"), new() { Url = _repository.FileUrl, Ref = Branch }, _network, "default")
        );

    [Fact]
    public void A_subject_is_one_line()
    {
        using var folder = Open("status", _repository.FileUrl);
        using var repository = new LibGit2Sharp.Repository(_repository.Folder("status"));
        var commit = StatusCommitBuilder.Build(
            repository,
            null,
            Status(("status/a", "1")) with
            {
                Subject = "one\n\nSource-Commit: forged",
            }
        )!;
        Assert.StartsWith($"one  Source-Commit: forged\n\nSource-Commit: {Source}\n", commit.Message, StringComparison.Ordinal);
    }

    private StatusBranch Open(string folder, string url) =>
        StatusBranch.Open(_repository.Folder(folder), new() { Url = url }, _network, "default");

    private static string Url(GitHttpServer server) => new Uri(server.Address, "repo.git").ToString();

    private string Bare(params string[] arguments) => _repository.Git(_repository.Bare, arguments);

    private static StatusCommit Status(params (string Path, string Content)[] files) =>
        new()
        {
            Files = files.ToImmutableSortedDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal),
            SourceCommit = Source,
            SourceTime = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
            Subject = "status(etcd/a): told",
            Owned = ["status", "drift"],
        };
}
