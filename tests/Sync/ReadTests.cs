using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Git;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.TestKit.Git;
using LibGit2Sharp;

namespace GitOpsOperator.Sync.Tests;

public sealed class ReadTests : IDisposable
{
    private readonly TestRepository _repository = new();
    private readonly GitNetwork _network = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Only_yaml_files_under_the_path_are_read_with_their_blob_ids()
    {
        _repository.Commit(
            "one",
            ("c/a.yaml", "a"),
            ("c/deep/er/b.YML", "b"),
            ("c/readme.md", "no"),
            ("ca.yaml", "no"),
            ("other/c.yaml", "no")
        );
        var files = Expect.Is<RevisionFiles.Read>(await ReadAsync("c"));
        Assert.Equal(["c/a.yaml", "c/deep/er/b.YML"], files.Files.Select(file => file.Path));
        Assert.Equal(_repository.Git(_repository.Work, "rev-parse", "HEAD:c/a.yaml"), files.Files[0].BlobId);
        Assert.Empty(files.Findings);
        Assert.Equal(["c/a.yaml"], Expect.Is<RevisionFiles.Read>(await ReadAsync("c/a.yaml")).Files.Select(file => file.Path));
    }

    [Fact]
    public async Task A_path_that_is_missing_or_empty_says_nothing_about_what_is_desired()
    {
        _repository.Commit("one", ("clusters/a.yaml", "a: 1\n"));
        using var mirror = Open("clusters");
        Expect.Is<RevisionFiles.Read>(mirror.ReadFiles(Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token)).Revision));

        _repository.Commit("moved", ("clusters/a.yaml", null), ("cluster/a.yaml", "a: 1\n"));
        var missing = Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
        Expect.Is<RevisionFiles.PathMissing>(mirror.ReadFiles(missing.Revision));

        _repository.Commit("emptied", ("clusters/readme.md", "nothing here\n"));
        Expect.Is<RevisionFiles.Empty>(mirror.ReadFiles(Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token)).Revision));
    }

    [Fact]
    public async Task Hostile_entries_are_refused_and_the_others_are_read()
    {
        using (var bare = new Repository(_repository.Bare))
        {
            var inner = new RawTree(bare).File("x.yaml").Write();
            new RawTree(bare)
                .File("good.yaml")
                .File("link.yaml", "../../etc/passwd", "120000")
                .Entry("120000", "linked", new RawTree(bare).Write())
                .Entry("160000", "module", new ObjectId(new string('b', 40)))
                .Entry("160000", "module.yaml", new ObjectId(new string('b', 40)))
                .Entry("40000", "..", inner)
                .Entry("40000", ".GIT", inner)
                .Entry("40000", "git~1", inner)
                .File("back\\slash.yaml")
                .File("slash/ed.yaml")
                .File("new\nline.yaml")
                .File([.. "bad"u8, 0xff, .. ".yaml"u8])
                .File("Case.yaml")
                .File("case.yaml")
                .Entry("40000", "Folder", inner)
                .Entry("40000", "folder", inner)
                .File("gone.yaml", "gone", "100664")
                .Commit();
        }

        var files = Expect.Is<RevisionFiles.Read>(await ReadAsync(""));

        Assert.Equal(["gone.yaml", "good.yaml"], files.Files.Select(file => file.Path).Order(StringComparer.Ordinal));
        string[] errors =
        [
            "..",
            ".GIT",
            "git~1",
            "back\\slash.yaml",
            "slash/ed.yaml",
            "new line.yaml",
            "bad\uFFFD.yaml",
            "Case.yaml",
            "case.yaml",
            "Folder",
            "folder",
            "link.yaml",
            "module.yaml",
        ];
        Assert.Equal(
            errors.Order(StringComparer.Ordinal),
            files
                .Findings.Where(finding => finding.Severity == FindingSeverity.Error)
                .Select(finding => finding.Location.Path)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["linked", "module"],
            files
                .Findings.Where(finding => finding.Severity == FindingSeverity.Warning)
                .Select(finding => finding.Location.Path)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(errors.Length + 2, files.Refused.Length);
        Assert.DoesNotContain(files.Findings, finding => finding.ToString().Contains('\n', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData(".git")]
    [InlineData("a\\b")]
    public void A_path_that_could_lead_elsewhere_is_not_taken(string path) => Assert.Throws<ArgumentException>(() => Open(path));

    [Fact]
    public async Task A_file_beyond_the_limit_is_refused_and_too_many_files_change_nothing()
    {
        _repository.Commit("one", ("a.yaml", new string('a', 100)), ("b.yaml", "b"), ("c/d.yaml", "d"));
        var files = Expect.Is<RevisionFiles.Read>(await ReadAsync("", new() { MaxFileBytes = 50 }));
        Assert.Equal(["a.yaml"], files.Refused);
        Assert.Equal(["b.yaml", "c/d.yaml"], files.Files.Select(file => file.Path));
        Assert.Equal("file-too-large", Assert.Single(files.Findings).Rule);

        foreach (var limits in (RepositoryLimits[])[new() { MaxFiles = 2 }, new() { MaxTotalBytes = 101 }, new() { MaxTreeEntries = 3 }])
        {
            Expect.Is<RevisionFiles.TooLarge>(await ReadAsync("", limits));
        }

        Assert.Equal(
            3,
            Expect
                .Is<RevisionFiles.Read>(
                    await ReadAsync(
                        "",
                        new()
                        {
                            MaxFiles = 3,
                            MaxTotalBytes = 102,
                            MaxTreeEntries = 4,
                        }
                    )
                )
                .Files.Length
        );
    }

    [Fact]
    public async Task A_tree_of_ten_billion_files_is_told_from_a_large_one()
    {
        using (var bare = new Repository(_repository.Bare))
        {
            var names = Enumerable.Range(0, 10).Select(number => $"f{number}").ToList();
            var level = names.Aggregate(new RawTree(bare), (tree, name) => tree.File(name + ".yaml")).Write();
            for (var depth = 0; depth < 8; depth++)
            {
                var below = level;
                level = names.Aggregate(new RawTree(bare), (tree, name) => tree.Entry("40000", name, below)).Write();
            }

            new RawTree(bare).Entry("40000", "bomb", level).Commit();
        }

        Expect.Is<RevisionFiles.TooLarge>(await ReadAsync("").WaitAsync(TimeSpan.FromSeconds(20), Token));
    }

    [Fact]
    public async Task A_tree_nested_without_end_is_refused()
    {
        using (var bare = new Repository(_repository.Bare))
        {
            var level = new RawTree(bare).File("a.yaml").Write();
            for (var depth = 0; depth < 2000; depth++)
            {
                level = new RawTree(bare).Entry("40000", "d", level).Write();
            }

            new RawTree(bare).Entry("40000", "d", level).Commit();
        }

        Expect.Is<RevisionFiles.TooLarge>(await ReadAsync(""));
    }

    [Fact]
    public async Task The_commit_that_last_changed_a_file_is_what_git_log_says()
    {
        var random = new Random(7);
        var paths = Enumerable.Range(0, 6).Select(number => $"c{number % 2}/f{number}.yaml").ToArray();
        _repository.Commit("first", [.. paths.Select(path => (path, (string?)"0"))]);
        using var mirror = Open("");
        for (var round = 0; round < 3; round++)
        {
            for (var commit = 0; commit < 6; commit++)
            {
                _repository.Commit("next", (paths[random.Next(paths.Length)], random.Next(3).ToString()));
            }

            _repository.Git(_repository.Work, "checkout", "--quiet", "-b", $"side{round}");
            _repository.Commit("side", (paths[0], $"side {round}"));
            _repository.Git(_repository.Work, "checkout", "--quiet", "main");
            _repository.Commit("main", (paths[1], $"main {round}"));
            _repository.Git(_repository.Work, "merge", "--quiet", "--no-ff", "-m", "merge", $"side{round}");
            _repository.Git(_repository.Work, "push", "--quiet", "origin", "main");

            var revision = Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token)).Revision;
            var found = mirror.LastCommitsThatChanged(revision, [.. paths, "no/such.yaml"]);
            Assert.Equal(paths.Length, found.Count);
            foreach (var path in paths)
            {
                Assert.Equal(_repository.Git(_repository.Work, "log", "-1", "--format=%H", revision, "--", path), found[path]);
            }
        }
    }

    [Fact]
    public async Task A_long_history_is_not_walked_beyond_its_limit()
    {
        _repository.Commit("one", ("a.yaml", "a"));
        for (var commit = 0; commit < 5; commit++)
        {
            _repository.Commit("next", ("b.yaml", commit.ToString()));
        }

        using var mirror = Open("", new() { MaxHistoryCommits = 3 });
        var revision = Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token)).Revision;
        Assert.Equal(["b.yaml"], mirror.LastCommitsThatChanged(revision, ["a.yaml", "b.yaml"]).Keys);
    }

    [Fact]
    public async Task A_damaged_copy_is_said_with_the_way_out()
    {
        var revision = _repository.Commit("one", ("clusters/a.yaml", "a: 1\n"));
        using var mirror = Open("clusters");
        Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
        foreach (var file in Directory.EnumerateFiles(_repository.Folder("mirror/objects"), "*", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        var damaged = Assert.Throws<IOException>(() => mirror.ReadFiles(revision));
        Assert.Contains("delete the folder", damaged.Message, StringComparison.Ordinal);
    }

    private async Task<RevisionFiles> ReadAsync(string path, RepositoryLimits? limits = null)
    {
        using var mirror = Open(path, limits);
        var poll = await mirror.PollAsync(Token);
        Assert.False(poll is PollResult.Failed, poll.ToString());
        return mirror.ReadFiles(mirror.Revision!);
    }

    private GitMirror Open(string path, RepositoryLimits? limits = null) =>
        GitMirror.Open(
            _repository.Folder("mirror"),
            new()
            {
                Url = _repository.FileUrl,
                Path = path,
                Limits = limits ?? new(),
            },
            _network
        );
}
