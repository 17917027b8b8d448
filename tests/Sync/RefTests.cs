using GitOpsOperator.Sync.Git;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.TestKit.Git;

namespace GitOpsOperator.Sync.Tests;

public sealed class RefTests : IDisposable
{
    private readonly TestRepository _repository = new();
    private readonly GitNetwork _network = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task A_branch_a_tag_and_a_commit_are_followed_by_any_of_their_names()
    {
        var first = _repository.Commit("one", ("a.yaml", "1"));
        Git("tag", "-a", "-m", "annotated", "v1");
        Git("tag", "light");
        Git("push", "--quiet", "origin", "v1", "light");
        var second = _repository.Commit("two", ("a.yaml", "2"));
        foreach (
            var (name, revision) in ((string, string)[])
                [("main", second), ("refs/heads/main", second), ("v1", first), ("refs/tags/v1", first), ("light", first), (first, first)]
        )
        {
            using var mirror = Open(name);
            Assert.Equal(revision, Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token)).Revision);
            Assert.Equal(new PollResult.Unchanged(revision), await mirror.PollAsync(Token));
            Assert.Equal(
                "1,2".Split(',')[revision == first ? 0 : 1],
                System.Text.Encoding.UTF8.GetString(Expect.Is<RevisionFiles.Read>(mirror.ReadFiles(revision)).Files[0].Content.Span)
            );
        }
    }

    [Theory]
    [InlineData("release")]
    [InlineData("cccccccccccccccccccccccccccccccccccccccc")]
    public async Task A_ref_that_is_missing_is_said_and_found_once_it_is_there(string name)
    {
        _repository.Commit("one", ("a.yaml", "1"));
        using var mirror = Open(name);
        var failed = Expect.Is<PollResult.Failed>(await mirror.PollAsync(Token));
        Assert.Equal(SyncErrorKind.RefMissing, failed.Error.Kind);
        Assert.Contains(name, failed.Error.Message, StringComparison.Ordinal);
        Assert.Null(mirror.Revision);
        if (name == "release")
        {
            Git("push", "--quiet", "origin", "main:release");
            Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
            Git("push", "--quiet", "origin", ":release");
            Assert.Equal(SyncErrorKind.RefMissing, Expect.Is<PollResult.Failed>(await mirror.PollAsync(Token)).Error.Kind);
            Assert.NotNull(mirror.Revision);
        }
    }

    [Fact]
    public async Task A_rewritten_branch_is_refused_until_it_is_allowed_or_put_right()
    {
        _repository.Commit("zero", ("a.yaml", "0"));
        var accepted = _repository.Commit("one", ("a.yaml", "1"));
        using (var mirror = Open("main"))
        {
            Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
            Git("reset", "--quiet", "--hard", "HEAD~1");
            File.WriteAllText(Path.Combine(_repository.Work, "a.yaml"), "other");
            Git("commit", "--quiet", "-am", "other");
            Git("push", "--quiet", "--force", "origin", "main");
            for (var poll = 0; poll < 2; poll++)
            {
                Assert.Equal(SyncErrorKind.Rewritten, Expect.Is<PollResult.Failed>(await mirror.PollAsync(Token)).Error.Kind);
                Assert.Equal(accepted, mirror.Revision);
            }

            Git("push", "--quiet", "--force", "origin", $"{accepted}:main");
            Assert.Equal(new PollResult.Unchanged(accepted), await mirror.PollAsync(Token));
            Git("push", "--quiet", "--force", "origin", "main");
        }

        // Also by a process that starts later, and with the option set.
        using (var mirror = Open("main"))
        {
            Assert.Equal(SyncErrorKind.Rewritten, Expect.Is<PollResult.Failed>(await mirror.PollAsync(Token)).Error.Kind);
        }

        using var allowing = Open("main", allowRewrite: true);
        var advanced = Expect.Is<PollResult.Advanced>(await allowing.PollAsync(Token));
        Assert.True(advanced.NotDescendant);
        Assert.Equal(accepted, advanced.From);
    }

    [Fact]
    public async Task Another_ref_in_the_configuration_is_a_new_start_and_not_a_rewrite()
    {
        _repository.Commit("one", ("a.yaml", "1"));
        Git("checkout", "--quiet", "--orphan", "other");
        var other = _repository.Commit("other", ("a.yaml", "2"));
        using (var mirror = Open("main"))
        {
            Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
        }

        using var second = Open("other");
        Assert.Null(second.Revision);
        Assert.Equal(new PollResult.Advanced(null, other, false), await second.PollAsync(Token));
    }

    [Fact]
    public async Task The_accepted_revision_outlives_the_process()
    {
        var first = _repository.Commit("one", ("a.yaml", "1"));
        using (var mirror = Open("main"))
        {
            Expect.Is<PollResult.Advanced>(await mirror.PollAsync(Token));
        }

        using var again = Open("main");
        Assert.Equal(first, again.Revision);
        Assert.Equal(new PollResult.Unchanged(first), await again.PollAsync(Token));
    }

    [Theory]
    [InlineData("https://user:hush@example.org/x.git")]
    [InlineData("https://example.org/x.git?token=hush")]
    [InlineData("ssh://example.org/x.git")]
    [InlineData("git@example.org:x.git")]
    [InlineData("ext::sh -c hush")]
    [InlineData("relative/hush")]
    [InlineData("https:///hush")]
    [InlineData("")]
    public void A_url_that_is_not_allowed_is_refused_without_being_repeated(string url)
    {
        var error = Assert.Single(new RepositoryOptions { Url = url }.Validate());
        Assert.StartsWith("url ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GitMirror.Open(_repository.Folder("mirror"), new() { Url = url }, _network));
    }

    [Theory]
    [InlineData("-x")]
    [InlineData("a..b")]
    [InlineData("a:b")]
    [InlineData("+refs/heads/main")]
    [InlineData("refs/heads/*")]
    [InlineData("a b")]
    [InlineData("a.lock")]
    [InlineData("a\n")]
    [InlineData("")]
    public void A_ref_that_could_mean_something_else_is_refused(string name) =>
        Assert.Contains("ref ", Assert.Single(new RepositoryOptions { Url = "/x", Ref = name }.Validate()), StringComparison.Ordinal);

    private GitMirror Open(string name, bool allowRewrite = false) =>
        GitMirror.Open(
            _repository.Folder("mirror"),
            new()
            {
                Url = _repository.FileUrl,
                Ref = name,
                AllowRewrite = allowRewrite,
            },
            _network
        );

    private string Git(params string[] arguments) => _repository.Git(_repository.Work, arguments);
}
