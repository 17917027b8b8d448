using System.Text.RegularExpressions;
using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.TestKit.Git;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Operator.Tests.Repositories;

/// <summary>A commit that changes more clusters than it may, from git to the clusters.</summary>
[Trait("starts", "processes")]
public sealed partial class BulkChangeLimitTests : IDisposable
{
    private const int Limit = 2;

    private readonly TestRepository _repository = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task As_many_as_allowed_follow_and_new_ones_do_not_count()
    {
        await using var world = Open(new());
        Commit(("a", 3, ""), ("b", 3, ""), ("c", 3, ""));
        Assert.Equal(["etcd/a with size 3", "etcd/b with size 3", "etcd/c with size 3"], await world.PassAsync());
        Commit(("a", 5, ""), ("b", 5, ""), ("c", 3, ""), ("d", 1, ""), ("e", 1, ""), ("f", 1, ""));
        Assert.Equal(
            [
                "etcd/a with size 5",
                "etcd/b with size 5",
                "etcd/c with size 3",
                "etcd/d with size 1",
                "etcd/e with size 1",
                "etcd/f with size 1",
            ],
            await world.PassAsync()
        );
    }

    [Fact]
    public async Task More_are_held_together_until_just_they_are_approved()
    {
        await using var world = Open(new());
        Commit(("a", 3, ""), ("b", 3, ""), ("c", 3, ""), ("d", 3, ""));
        await world.PassAsync();
        Commit(("a", 5, ""), ("b", 5, ""), ("c", 5, ""), ("d", 3, ""), ("e", 1, ""));
        Assert.Equal(["etcd/a kept", "etcd/b kept", "etcd/c kept", "etcd/d with size 3", "etcd/e with size 1"], await world.PassAsync());
        var findings = world.Follower.Report.Findings.Where(finding => finding.Rule == "too-many-clusters-changed").ToList();
        Assert.Equal(["etcd/a", "etcd/b", "etcd/c"], findings.Select(finding => finding.Subject.ToString()));
        Assert.StartsWith("3 clusters are changed at once, more than 2", findings[0].Message, StringComparison.Ordinal);
        var digest = Digest().Match(findings[0].Message).Groups[1].Value;

        // Not for anything else: one of them has moved on.
        Commit(("a", 5, digest), ("b", 5, ""), ("c", 7, ""), ("d", 3, ""), ("e", 1, ""));
        Assert.Equal(["etcd/a kept", "etcd/b kept", "etcd/c kept"], (await world.PassAsync())[..3]);

        Commit(("a", 5, digest), ("b", 5, ""), ("c", 5, ""), ("d", 3, ""), ("e", 1, ""));
        Assert.Equal(["etcd/a with size 5", "etcd/b with size 5", "etcd/c with size 5"], (await world.PassAsync())[..3]);
        Assert.DoesNotContain(world.Follower.Report.Findings, finding => finding.Rule == "too-many-clusters-changed");
    }

    [Fact]
    public async Task What_is_no_wish_of_another_cluster_counts_for_nothing()
    {
        await using var world = Open(new());
        Commit(("a", 3, ""), ("b", 3, ""), ("c", 3, ""));
        await world.PassAsync();
        Commit(("a", 3, "0123456789abcdef"), ("b", 3, "0123456789abcdef"), ("c", 3, "0123456789abcdef"));
        Assert.DoesNotContain(await world.PassAsync(), taken => taken.EndsWith("kept", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_restart_is_no_way_around_it_where_the_domain_remembers()
    {
        Commit(("a", 5, ""), ("b", 5, ""), ("c", 5, ""), ("d", 5, ""));
        await using var world = Open(new() { Remembers = document => document.Key.Name != "d" });
        Assert.Equal(["etcd/a kept", "etcd/b kept", "etcd/c kept", "etcd/d with size 5"], await world.PassAsync());
    }

    private void Commit(params (string Name, int Size, string Approval)[] clusters) =>
        _repository.Commit(
            "clusters",
            [
                .. clusters.Select(cluster =>
                    (
                        $"{cluster.Name}.yaml",
                        (string?)
                            $"""
                            apiVersion: gitops-operator.dev/v1alpha1
                            kind: EtcdCluster
                            metadata:
                              name: {cluster.Name}
                              annotations: {(
                                cluster.Approval.Length == 0 ? "{}" : $"{{gitops-operator.dev/approve: '{cluster.Approval}'}}"
                            )}
                            spec:
                              size: {cluster.Size}
                              version: 3.5.16
                              storage:
                                size: 1Gi

                            """
                    )
                ),
            ]
        );

    private World Open(RecordingDomain domain) => new(_repository, domain);

    [GeneratedRegex("approve: \"([0-9a-f]{16})\"")]
    private static partial Regex Digest();

    private sealed class World : IAsyncDisposable
    {
        private readonly RecordingDomain _domain;
        private readonly ClusterSupervisor _clusters;
        private readonly GitMirror _mirror;

        public World(TestRepository repository, RecordingDomain domain)
        {
            _domain = domain;
            _clusters = new([domain], new());
            _mirror = GitMirror.Open(repository.Folder("mirror"), new() { Url = repository.FileUrl }, new GitNetwork(TimeProvider.System));
            Follower = new(
                "platform",
                _mirror,
                new DocumentReader(Modules.AllKinds),
                _clusters,
                new([("platform", repository.FileUrl)]),
                DriftMode.Correct,
                new(),
                new([], TimeProvider.System),
                new(Limit),
                _ => Task.FromResult(KnownUids.None),
                TimeProvider.System,
                NullLogger<RepositoryFollower>.Instance
            );
        }

        public RepositoryFollower Follower { get; }

        /// <summary>What the pass handed over, in order of the clusters.</summary>
        public async Task<string[]> PassAsync()
        {
            var before = _domain.HandedOver.Length;
            await Follower.PassAsync(Token);
            return [.. _domain.HandedOver[before..].Order(StringComparer.Ordinal)];
        }

        public async ValueTask DisposeAsync()
        {
            await _clusters.DisposeAsync();
            _mirror.Dispose();
        }
    }
}
