using System.Collections.Immutable;
using System.Globalization;
using GitOpsOperator.Sync.Git;
using GitOpsOperator.Sync.Git.Network;
using GitOpsOperator.Sync.Git.Status;
using GitOpsOperator.TestKit.Git;

namespace GitOpsOperator.Bench;

/// <summary>Writing many statuses back in one commit, push included. Baseline: git itself, which writes them as files first.</summary>
internal static class StatusBench
{
    private const int Statuses = 1000;

    public static void Run()
    {
        using var repository = new TestRepository();
        var source = repository.Commit("one", ("a.yaml", "a: 1\n"));
        using var branch = StatusBranch.Open(
            repository.Folder("status"),
            new RepositoryOptions { Url = repository.FileUrl },
            new GitNetwork(TimeProvider.System),
            "default"
        );
        var round = 0;

        Measure.Head($"{Statuses} statuses in one commit");
        var git = Measure.Print(
            "git add, commit, push",
            () => repository.Commit("statuses", [.. Files(++round).Select(file => (file.Key, (string?)file.Value))])[..8]
        );
        Measure.Print("status branch", () => Write(branch, source, Files(++round)), git, "git");
    }

    private static string Write(StatusBranch branch, string source, ImmutableSortedDictionary<string, string> files)
    {
        var status = new StatusCommit
        {
            Files = files,
            SourceCommit = source,
            SourceTime = DateTimeOffset.UnixEpoch,
            Subject = "status: many",
        };

        // The program is one thread, with nothing else that could wait for this one.
        return branch.WriteAsync(status, CancellationToken.None).GetAwaiter().GetResult() is StatusWriteResult.Written written
            ? written.Commit[..8]
            : throw new InvalidOperationException("The statuses were not written");
    }

    private static ImmutableSortedDictionary<string, string> Files(int round) =>
        Enumerable
            .Range(0, Statuses)
            .ToImmutableSortedDictionary(
                number => string.Create(CultureInfo.InvariantCulture, $"status/default/orders-{number}.yaml"),
                number => string.Create(CultureInfo.InvariantCulture, $"cluster: etcd/orders-{number}\nround: {round}\nphase: Converged\n"),
                StringComparer.Ordinal
            );
}
