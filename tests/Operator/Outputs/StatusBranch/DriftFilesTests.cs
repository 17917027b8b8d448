using System.Collections.Immutable;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Operator.Outputs.StatusBranch;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Specs;
using GitOpsOperator.TestKit;

namespace GitOpsOperator.Operator.Tests.Outputs.StatusBranch;

/// <summary>What people and machines read of drift. To accept new wording: UPDATE_GOLDEN=1, and review the diff.</summary>
public sealed class DriftFilesTests
{
    private static readonly ClusterKey Orders = new("etcd", "default", "orders");
    private static readonly ClusterKey Calm = new("etcd", "default", "calm");
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>One of each kind, with what somebody hostile would write into a label.</summary>
    private static readonly ImmutableArray<DriftEntry> Drifts =
    [
        new(
            new(
                "StatefulSet/orders-1",
                "spec.replicas",
                DriftClass.Drift,
                "1",
                "0",
                new("kubectl", "Update", Noon),
                Reverts: true,
                "reverted"
            ),
            Noon,
            null,
            "reverted",
            "at the next pass"
        ),
        new(
            new(
                "etcd/members",
                "8e9e05c52164694d",
                DriftClass.Domain,
                null,
                "a learner at http://stray.example:2380",
                null,
                Reverts: false,
                ""
            ),
            Noon,
            null,
            "removed, since git names no such member",
            "at the next pass"
        ),
        new(
            new(
                "Service/orders-client",
                "metadata.labels[team]",
                DriftClass.Foreign,
                null,
                "</td> @everyone | `x`\n\u202e",
                new("kubectl-label", "Update", null),
                Reverts: false,
                ""
            ),
            Noon,
            null,
            "left alone",
            null
        ),
        new(
            new("Service/orders-peers", "spec.clusterIP", DriftClass.Immutable, "None", "10.0.0.9", null, Reverts: false, ""),
            Noon,
            Noon.AddMinutes(1),
            "nothing more: live state matches the desired state again",
            null
        ),
    ];

    [Fact]
    public void For_people() => Matches("drift.md", DriftFiles.Markdown(Orders, Drifts));

    [Fact]
    public void For_a_terminal() => Matches("drift.txt", DriftFiles.Text(Orders, Drifts));

    [Fact]
    public void For_machines() => Matches("drift.json", DriftFiles.Json([(Orders, Drifts)]));

    [Fact]
    public void A_cluster_without_anything_to_report_has_no_file_and_the_summary_counts_the_others()
    {
        var files = Files(Report(Calm, []), Report(Orders, Drifts));

        Assert.Equal(["drift/README.md", "drift/default/orders.md", "drift/default/orders.yaml"], files.Keys);
        Assert.Contains("| [etcd/orders](default/orders.md) | 2 | 1 | 1 |", files["drift/README.md"], StringComparison.Ordinal);
        Matches("drift.yaml", files["drift/default/orders.yaml"]);
        Assert.Contains("Every cluster matches the desired state", Files(Report(Calm, []))["drift/README.md"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, ", 1 difference from git")]
    [InlineData(2, ", 2 differences from git")]
    public void A_commit_says_how_many_differ(int open, string suffix) =>
        Assert.Equal(suffix, DriftFiles.Suffix(Report(Orders, Drifts[..open])));

    [Fact]
    public void A_commit_says_that_all_is_cured() => Assert.Equal(", drift cured", DriftFiles.Suffix(Report(Orders, Drifts[3..])));

    [Fact]
    public void Since_when_a_difference_is_there_outlives_the_operator_until_it_is_gone()
    {
        var written = Files(Report(Orders, Drifts));
        var later = Drifts.Select(entry => entry with { FirstSeen = Noon.AddDays(1) }).ToImmutableArray();
        var seen = FirstSeen.In(written);

        var first = seen.Apply(Report(Orders, later)).Drifts;
        Assert.Equal([Noon, Noon, Noon, Noon.AddDays(1)], first.Select(entry => entry.FirstSeen));

        // Another value is another difference, and one that was gone begins again.
        var moved = later.SetItem(0, later[0] with { Fact = later[0].Fact with { Live = "2" } });
        Assert.Equal(Noon.AddDays(1), seen.Apply(Report(Orders, moved)).Drifts[0].FirstSeen);
        Assert.Equal(Noon.AddDays(1), seen.Apply(Report(Orders, later)).Drifts[0].FirstSeen);
        Assert.Equal(Noon, seen.Apply(Report(Orders, later)).Drifts[1].FirstSeen);

        var cured = later.SetItem(1, later[1] with { CuredAt = Noon.AddDays(2) });
        Assert.Equal(Noon, seen.Apply(Report(Orders, cured)).Drifts[1].FirstSeen);
        Assert.Equal(Noon.AddDays(1), seen.Apply(Report(Orders, later)).Drifts[1].FirstSeen);
    }

    [Theory]
    [InlineData("not: [yaml")]
    [InlineData("cluster: etcd/default/orders\ndrifts: 7\n")]
    [InlineData(
        "cluster: etcd/default/orders\ndrifts: [{object: StatefulSet/orders-1, path: spec.replicas, live: '0', firstSeen: yesterday}]\n"
    )]
    [InlineData("")]
    public void What_somebody_has_made_of_a_report_is_as_if_it_had_not_been_there(string content)
    {
        var seen = FirstSeen.In([new("drift/default/orders.yaml", content)]);

        Assert.Equal(Drifts.AsEnumerable(), seen.Apply(Report(Orders, Drifts)).Drifts);
    }

    /// <summary>What the branch has of drift.</summary>
    private static ImmutableSortedDictionary<string, string> Files(params ClusterReport[] reports) =>
        StatusTree
            .Files([.. reports.Select(RenderedCluster.Of)], new("platform", null, null, []))
            .Where(file => file.Key.StartsWith("drift/", StringComparison.Ordinal))
            .ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static ClusterReport Report(ClusterKey cluster, ImmutableArray<DriftEntry> drifts) =>
        new()
        {
            Cluster = cluster,
            Desired = "3 members",
            Phase = ClusterPhase.Converged,
            Summary = "3/3 healthy",
            Drifts = drifts,
        };

    private static void Matches(string file, string actual)
    {
        var path = Checkout.File("tests", "Operator", "Outputs", "StatusBranch", "golden", file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{file} is missing: run with UPDATE_GOLDEN=1, read it and commit it");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
