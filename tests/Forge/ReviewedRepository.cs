using GitOpsOperator.Domains.Etcd;
using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.Operator.PullRequests;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Forges;
using GitOpsOperator.Sync.Git;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.TestKit.Git;
using GitOpsOperator.TestKit.GitHub;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Forge.Tests;

/// <summary>A repository with one cluster of three members, its stand-in of GitHub, and a pass that reviews its pull requests.</summary>
internal sealed class ReviewedRepository : IAsyncDisposable
{
    private readonly string _tokenFile;
    private readonly GitMirror _mirror;
    private readonly List<string> _log = [];
    private int _proposals;

    private ReviewedRepository(GitHubStandIn forge, TimeProvider time, string[] trusted)
    {
        Forge = forge;
        Trusted = trusted;
        Git.Commit("Three members", (File, Document(3)));
        _tokenFile = Git.Folder("token");
        System.IO.File.WriteAllText(_tokenFile, GitHubStandIn.Token + "\n");
        _mirror = GitMirror.Open(Git.Folder("mirror"), new RepositoryOptions { Url = Git.FileUrl }, new GitNetwork(TimeProvider.System));
        Clusters.Live[Scene.Orders] = Scene.Running(3);
        Time = time;
        Pass = NewPass();
    }

    public const string File = "clusters/orders.yaml";

    public TestRepository Git { get; } = new();

    public GitHubStandIn Forge { get; }

    public TimeProvider Time { get; }

    /// <summary>Speak as this App from the next <see cref="Forget"/> on.</summary>
    public ForgeAppOptions? App { get; set; }

    /// <summary>What the repository does about drift, from the next <see cref="Forget"/> on.</summary>
    public DriftMode Mode { get; set; }

    public SceneClusters Clusters { get; } = new();

    /// <summary>What its comments promise.</summary>
    public ReviewedPlans ReviewedPlans { get; } = new();

    public PullRequestPass Pass { get; private set; }

    public GitMirror Mirror => _mirror;

    public string TokenFile => _tokenFile;

    public string Log => string.Join('\n', _log);

    private string[] Trusted { get; }

    public static async Task<ReviewedRepository> StartAsync(TimeProvider? time = null, params string[] trusted)
    {
        var repository = new ReviewedRepository(await GitHubStandIn.StartAsync(), time ?? TimeProvider.System, trusted);
        await repository.FollowAsync();
        return repository;
    }

    public static string Document(int size, string name = "orders", string more = "") =>
        $"""
            apiVersion: gitops-operator.dev/v1alpha1
            kind: EtcdCluster
            metadata:
              name: {name}
            spec:
              size: {size}
              version: 3.5.16
              storage:
                size: 1Gi
            {more}
            """;

    /// <summary>As after a restart: nothing is remembered.</summary>
    public void Forget() => Pass = NewPass();

    public async Task FollowAsync()
    {
        Assert.IsNotType<PollResult.Failed>(await _mirror.PollAsync(TestContext.Current.CancellationToken));
    }

    public Task PassAsync() => Pass.PassAsync(TestContext.Current.CancellationToken);

    /// <summary>Commits on a branch of its own and opens, or moves, a pull request with it.</summary>
    public string Propose(int number, string author = "alice", bool fork = false, params (string Path, string? Content)[] files)
    {
        Git.Git(Git.Work, "checkout", "--quiet", "-B", $"pull-{number}-{++_proposals}", "main");
        var head = Git.Commit($"Proposal {number}", files);
        Git.Git(Git.Work, "push", "--quiet", "--force", "origin", $"HEAD:refs/pull/{number}/head");
        Git.Git(Git.Work, "checkout", "--quiet", "main");
        Forge.Open(number, head, author, fork);
        return head;
    }

    /// <summary>Merges what was proposed last, as a forge would.</summary>
    public async Task<string> MergeAsync(int number)
    {
        Git.Git(Git.Work, "merge", "--quiet", "--no-ff", "-m", $"Merge pull request #{number}", $"pull-{number}-{_proposals}");
        Git.Git(Git.Work, "push", "--quiet", "origin", "main");
        var commit = Git.Git(Git.Work, "rev-parse", "HEAD");
        Forge.Merge(number, commit);
        await FollowAsync();
        return commit;
    }

    /// <summary>The operator's one comment, without its hidden line.</summary>
    public string Comment(int number)
    {
        var body = Assert.Single(Forge.CommentsBy(GitHubStandIn.Login, number))["body"]!.GetValue<string>();
        return body[(body.IndexOf('\n') + 1)..];
    }

    public async ValueTask DisposeAsync()
    {
        _mirror.Dispose();
        await Forge.DisposeAsync();
        Git.Dispose();
        Assert.Empty(Forge.Faults);
        Assert.DoesNotContain(GitHubStandIn.Token, Log, StringComparison.Ordinal);
        Assert.All(
            Forge.Comments,
            comment => Assert.DoesNotContain(GitHubStandIn.Token, comment["body"]!.GetValue<string>(), StringComparison.Ordinal)
        );
    }

    private PullRequestPass NewPass()
    {
        var options = new ForgeOptions
        {
            Kind = "github",
            App = App,
            Api = Forge.Api,
            Repository = "acme/clusters",
            TokenFile = _tokenFile,
            MinWriteInterval = TimeSpan.Zero,
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseBytes = 4 * 1024 * 1024,
        };
        return new(
            new("default", "clusters", "main", [.. Trusted]),
            ForgeFactory.Open(options, Time),
            _mirror,
            new(_mirror, new EtcdModule().Kinds, DocumentPolicy.Everything),
            Clusters,
            new Reviewer(Git.FileUrl, Mode, new([], Time), new(0), Clusters, new ListLogger<Reviewer>(_log)),
            new(),
            ReviewedPlans,
            new ListLogger<PullRequestPass>(_log)
        );
    }

    private sealed class ListLogger<T>(List<string> lines) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => lines.Add($"{logLevel}: {formatter(state, exception)} {exception}");
    }
}
