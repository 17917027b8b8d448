using System.Diagnostics;
using System.Globalization;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Operator.Clusters;
using GitOpsOperator.Operator.Repositories;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Operator.Tests.Repositories;
using GitOpsOperator.Sandbox.Git;
using GitOpsOperator.Specs;
using GitOpsOperator.Sync.Git.Mirror;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.TestKit.Git;
using LibGit2Sharp;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Operator.Tests.Hostile;

/// <summary>
/// What whoever may push can put into a repository, from the push to the hand-over: each is told, in bounded time and memory, and nothing
/// of it reaches a cluster. The cluster that was there before stays as it was; of one that is named and cannot be read, nothing is begun.
/// </summary>
[Trait("starts", "processes")]
public sealed class HostileRepositoryTests : IDisposable
{
    private const string Orders = "etcd/orders";
    private const string OrdersFile = "orders.yaml";

    private static readonly TimeSpan MaxPass = TimeSpan.FromSeconds(60);

    private readonly TestRepository _repository = new();

    public static TheoryData<string> Attacks => [.. Table.Keys];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Name → what it does to the bare repository, a word of what is told about it, and megabytes that this process may allocate.
    /// </summary>
    private static readonly Dictionary<string, Attack> Table = new()
    {
        ["a symbolic link to a file outside"] = new(bare => With(bare).File("link.yaml", "/etc/passwd", "120000").Commit(), "link.yaml"),
        ["a submodule"] = new(bare => With(bare).Entry("160000", "module.yaml", new ObjectId(new string('b', 40))).Commit(), "module.yaml"),
        ["folders named .. and .git"] = new(
            bare => With(bare).Entry("40000", "..", Inner(bare)).Entry("40000", ".git", Inner(bare)).Commit(),
            ".git"
        ),
        ["a backslash and a newline in names"] = new(
            bare => With(bare).File("..\\a.yaml", Evil).File("b\n.yaml", Evil).Commit(),
            "..\\a.yaml"
        ),
        ["a NUL in a document"] = new(bare => With(bare).File("nul.yaml", Evil + "\0").Commit(), "nul.yaml"),
        ["bidirectional marks in a name"] = new(bare => With(bare).File("a\u202elmay.yaml", Evil).Commit(), "a"),
        ["names that differ in case alone"] = new(bare => With(bare).File("Orders.yaml", Evil).Commit(), "Orders.yaml"),
        ["the same cluster again, larger"] = new(bare => With(bare).File("z.yaml", Document("orders", 7)).Commit(), "z.yaml"),
        ["a bomb of aliases"] = new(bare => With(bare).File("bomb.yaml", Aliases()).Commit(), "bomb.yaml"),
        ["lists nested 100,000 deep"] = new(bare => With(bare).File("deep.yaml", "a: " + new string('[', 100_000)).Commit(), "deep.yaml"),
        ["one file of 100 MB"] = new(bare => With(bare).File("big.yaml", new string('a', 100 << 20)).Commit(), "big.yaml", Megabytes: 500),
        ["100,000 files"] = new(bare => Many(bare, 100_000).Commit(), "files"),
        ["a tree of a billion files"] = new(bare => With(bare).Entry("40000", "bomb", Bomb(bare)).Commit(), "files"),
        ["folders nested 2,000 deep"] = new(bare => With(bare).Entry("40000", "deep", Deep(bare)).Commit(), "deep"),
        ["a cluster in a namespace of others"] = new(
            bare =>
                With(bare)
                    .File("evil.yaml", Evil.Replace("name: evil", "name: evil\n  namespace: kube-system", StringComparison.Ordinal))
                    .Commit(),
            "namespace-not-allowed"
        ),
        ["an image of one's own"] = new(
            bare =>
                With(bare)
                    .File("evil.yaml", Evil.Replace("spec:", "spec:\n  image: {repository: evil.example/etcd}", StringComparison.Ordinal))
                    .Commit(),
            "image-not-allowed"
        ),
        ["a branch rewritten to another history"] = new(Rewrite, "does not descend"),
    };

    private static readonly DocumentPolicy Policy = new() { Namespaces = ["default"], Images = [EtcdSpec.DefaultImageRepository] };

    private static string Evil => Document("evil", 3);

    public void Dispose() => _repository.Dispose();

    [Theory, MemberData(nameof(Attacks))]
    public async Task It_is_told_and_nothing_of_it_reaches_a_cluster(string name)
    {
        var attack = Table[name];
        _repository.Commit("One cluster", (OrdersFile, Document("orders", 3)));
        var domain = new RecordingDomain();
        await using var clusters = new ClusterSupervisor([domain], new());
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Token);
        using var mirror = GitMirror.Open(
            _repository.Folder("mirror"),
            new Sync.Git.RepositoryOptions { Url = $"{server.Address}repo.git" },
            new GitNetwork(TimeProvider.System)
        );
        var follower = new RepositoryFollower(
            "platform",
            mirror,
            new(Modules.AllKinds, policy: Policy),
            clusters,
            new([("platform", mirror.Options.Url)]),
            DriftMode.Correct,
            new(),
            new([], TimeProvider.System),
            new(0),
            _ => Task.FromResult(KnownUids.None),
            TimeProvider.System,
            NullLogger<RepositoryFollower>.Instance
        );
        await follower.PassAsync(Token);
        Assert.Equal([$"{Orders} with size 3"], domain.HandedOver);

        using (var bare = new Repository(_repository.Bare))
        {
            attack.Commit(bare);
        }

        var allocated = GC.GetTotalAllocatedBytes();
        var clock = Stopwatch.StartNew();
        await follower.PassAsync(Token).WaitAsync(MaxPass, Token);
        allocated = GC.GetTotalAllocatedBytes() - allocated;

        var told = $"{follower.Report.Error}\n{string.Join('\n', follower.Report.Findings)}";
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {clock.Elapsed.TotalSeconds:F2} s, {allocated / 1e6:F0} MB allocated; {told.Trim().Split('\n')[0]}"
            )
        );
        Assert.Contains(attack.Told, told, StringComparison.Ordinal);
        Assert.All(
            domain.HandedOver.Skip(1),
            what =>
                Assert.Contains(what, (string[])[$"{Orders} with size 3", $"{Orders} kept", "etcd/evil kept", "etcd/kube-system/evil kept"])
        );
        Assert.True(allocated < attack.Megabytes * 1_000_000L, $"{allocated / 1e6:F0} MB were allocated");
    }

    [Fact]
    public async Task A_proposal_that_would_merge_into_billions_of_entries_is_not_merged()
    {
        _repository.Commit("One cluster", (OrdersFile, Document("orders", 3)));
        using (var bare = new Repository(_repository.Bare))
        {
            bare.Refs.Add("refs/pull/7/head", bare.Refs["refs/heads/main"].TargetIdentifier);
            With(bare).Entry("40000", "bomb", Bomb(bare)).Commit("refs/pull/7/head");
        }

        // The target goes on, so that there is something to merge.
        _repository.Commit("Another file", ("readme.md", "more\n"));
        await using var server = await GitHttpServer.StartAsync(new() { Root = _repository.Root }, Token);
        using var mirror = GitMirror.Open(
            _repository.Folder("mirror"),
            new Sync.Git.RepositoryOptions { Url = $"{server.Address}repo.git" },
            new GitNetwork(TimeProvider.System)
        );
        Assert.IsType<PollResult.Advanced>(await mirror.PollAsync(Token));
        var (head, _) = await mirror.FetchProposalAsync("refs/pull/7/head", "7", Token);

        var merge = await Task.Run(() => mirror.Merge(mirror.Revision!, head!), Token).WaitAsync(MaxPass, Token);

        Assert.Contains("entries", Assert.IsType<MergeOutcome.TooLarge>(merge).Message, StringComparison.Ordinal);
    }

    private static string Document(string name, int size) =>
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

            """;

    /// <summary>The good document, for others to stand beside.</summary>
    private static RawTree With(Repository bare) => new RawTree(bare).File(OrdersFile, Document("orders", 3));

    private static ObjectId Inner(Repository bare) => new RawTree(bare).File("evil.yaml", Evil).Write();

    private static string Aliases() =>
        "a0: &a0 [x, x]\n"
        + string.Concat(Enumerable.Range(1, 60).Select(level => $"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]\n"));

    private static RawTree Many(Repository bare, int count)
    {
        using var text = new MemoryStream("a: 1\n"u8.ToArray());
        var blob = bare.ObjectDatabase.CreateBlob(text).Id;
        return Enumerable.Range(0, count).Aggregate(With(bare), (tree, number) => tree.Entry("100644", $"f{number:D6}.yaml", blob));
    }

    private static ObjectId Bomb(Repository bare) =>
        Enumerable
            .Range(0, 9)
            .Aggregate(
                Inner(bare),
                (below, _) =>
                    Enumerable.Range(0, 10).Aggregate(new RawTree(bare), (tree, number) => tree.Entry("40000", $"f{number}", below)).Write()
            );

    private static ObjectId Deep(Repository bare) =>
        Enumerable.Range(0, 2000).Aggregate(Inner(bare), (below, _) => new RawTree(bare).Entry("40000", "d", below).Write());

    private static void Rewrite(Repository bare)
    {
        bare.Refs.Remove("refs/heads/main");
        new RawTree(bare).File(OrdersFile, Document("orders", 7)).Commit();
    }

    private sealed record Attack(Action<Repository> Commit, string Told, int Megabytes = 200);
}
