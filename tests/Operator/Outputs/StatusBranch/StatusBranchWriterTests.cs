using GitOpsOperator.Operator.Outputs.StatusBranch;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Git;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.TestKit.Git;
using Microsoft.Extensions.Logging.Abstractions;
using Branch = GitOpsOperator.Sync.Git.Status.StatusBranch;

namespace GitOpsOperator.Operator.Tests.Outputs.StatusBranch;

/// <summary>From what is known of many clusters to commits of a real repository.</summary>
[Trait("starts", "processes")]
public sealed class StatusBranchWriterTests : IDisposable
{
    private const int Many = 40;
    private const string Repository = "platform";

    private readonly TestRepository _git = new();
    private readonly Branch _branch;
    private readonly OperatorState _state;
    private readonly StatusTree _tree;
    private readonly StatusBranchWriter _writer;

    public StatusBranchWriterTests()
    {
        _branch = Branch.Open(
            _git.Folder("status"),
            new RepositoryOptions { Url = _git.FileUrl },
            new GitNetwork(TimeProvider.System),
            "default"
        );
        _state = new(LeadershipState.Unconditional(TimeProvider.System), new([(Repository, _git.FileUrl)]));
        _tree = new(_git.FileUrl, _state.Clusters, _ => []);
        _writer = new(Repository, _state, _tree, _branch, TimeSpan.Zero, TimeProvider.System, NullLogger<StatusBranchWriter>.Instance);
        var source = _git.Commit("Documents", ("clusters.yaml", "a: 1\n"));
        _state.Repositories.Set(
            _state.Repositories[Repository] with
            {
                Applied = new(source, DateTimeOffset.UnixEpoch, "a", "Documents"),
                IsPolled = true,
            }
        );
        foreach (var number in Enumerable.Range(0, Many))
        {
            _state.Clusters.Manage(_git.FileUrl, Of(number));
            Report(number, "3/3 healthy");
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _branch.Dispose();
        _git.Dispose();
    }

    [Fact]
    public async Task News_of_one_cluster_renders_one_of_many_and_the_commit_has_all()
    {
        await _writer.WriteAsync(Token);
        var before = _tree.Clusters.ToList();
        Assert.Equal(Many, before.Count);

        Report(7, "2/3 healthy");
        await _writer.WriteAsync(Token);

        Assert.Equal([Of(7)], RenderedSince(before));
        Assert.Equal(["README.md", .. Enumerable.Range(0, Many).Select(number => $"default/c{number:00}.yaml")], Files("status"));
        Assert.Equal("status(etcd/c07): 2/3 healthy", Subject());
        Assert.Equal(["status/README.md", "status/default/c07.yaml"], Changed());
    }

    [Fact]
    public async Task The_same_said_anew_is_no_commit()
    {
        await _writer.WriteAsync(Token);
        var commit = Commit();
        Report(7, "3/3 healthy");
        await _writer.WriteAsync(Token);

        Assert.Equal(commit, Commit());
    }

    [Fact]
    public async Task News_of_several_clusters_is_one_commit_and_none_is_lost()
    {
        await _writer.WriteAsync(Token);
        var before = _tree.Clusters.ToList();
        var commit = Commit();
        Report(3, "1/3 healthy");
        Report(5, "2/3 healthy");
        Report(3, "2/3 healthy");
        _state.Clusters.Settle(_git.FileUrl, released: [Of(9)], orphans: [Of(9)]);
        _state.Clusters.Settle(_git.FileUrl, released: [Of(11)], orphans: [Of(9)]);
        await _writer.WriteAsync(Token);

        Assert.Equal([Of(3), Of(5), Of(9)], RenderedSince(before));
        Assert.Equal(Many - 1, _tree.Clusters.Count);
        Assert.DoesNotContain("default/c11.yaml", Files("status"));
        Assert.Contains("phase: Orphaned", Show("status/default/c09.yaml"), StringComparison.Ordinal);
        Assert.Contains("headline: 2/3 healthy", Show("status/default/c03.yaml"), StringComparison.Ordinal);
        Assert.Equal(commit, _git.Git(_git.Bare, "rev-parse", "gitops-status/default~1"));
    }

    [Fact]
    public async Task What_is_found_in_a_document_renders_its_cluster()
    {
        await _writer.WriteAsync(Token);
        var before = _tree.Clusters.ToList();
        var known = _state.Repositories[Repository];
        var finding = new Finding(FindingSeverity.Warning, new("c02.yaml", 3, 1), "spec.size", "is even", "even-size", Of(2));
        _state.Repositories.Set(known with { Report = known.Report with { Findings = [finding] } });
        await _writer.WriteAsync(Token);

        Assert.Equal([Of(2)], RenderedSince(before));
        Assert.Contains("is even", Show("status/default/c02.yaml"), StringComparison.Ordinal);

        _state.Repositories.Set(known);
        await _writer.WriteAsync(Token);
        Assert.DoesNotContain("is even", Show("status/default/c02.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task News_that_could_not_be_written_is_written_later()
    {
        await _writer.WriteAsync(Token);
        var known = _state.Repositories[Repository];
        _state.Repositories.Set(known with { Applied = null });
        Report(7, "2/3 healthy");
        await _writer.WriteAsync(Token);
        _state.Repositories.Set(known);
        await _writer.WriteAsync(Token);

        Assert.Contains("headline: 2/3 healthy", Show("status/default/c07.yaml"), StringComparison.Ordinal);
    }

    private static ClusterKey Of(int number) => new("etcd", "default", $"c{number:00}");

    private void Report(int number, string headline) =>
        _state.Clusters.Report(
            _git.FileUrl,
            new()
            {
                Cluster = Of(number),
                Desired = "3 members of 3.5.16",
                Phase = ClusterPhase.Converged,
                Summary = headline,
            }
        );

    /// <summary>What is kept is the very object that was rendered before.</summary>
    private IEnumerable<ClusterKey> RenderedSince(IReadOnlyCollection<RenderedCluster> before) =>
        _tree.Clusters.Where(cluster => !before.Any(known => ReferenceEquals(known, cluster))).Select(cluster => cluster.Report.Cluster);

    private string Commit() => _git.Git(_git.Bare, "rev-parse", "gitops-status/default");

    private string Subject() => _git.Git(_git.Bare, "log", "-1", "--format=%s", "gitops-status/default");

    private string Show(string path) => _git.Git(_git.Bare, "show", $"gitops-status/default:{path}");

    private string[] Files(string folder) =>
        _git.Git(_git.Bare, "ls-tree", "-r", "--name-only", $"gitops-status/default:{folder}").Split('\n');

    private string[] Changed() =>
        _git.Git(_git.Bare, "diff", "--name-only", "gitops-status/default~1", "gitops-status/default").Split('\n');
}
