using System.Globalization;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.Reconcile.Reviews;

namespace GitOpsOperator.Bench;

/// <summary>Planning, and the comment that a pull request on many clusters gets. Baseline: a plan that finds nothing to do.</summary>
internal static class PlanBench
{
    private const int Clusters = 1000;
    private const int Reviewed = 200;

    /// <summary>What GitHub takes.</summary>
    private const int MaxCommentLength = 65_536;

    public static void Run()
    {
        var live = Scene.AtRestAsRendered(Scene.Desired(3));
        Measure.Head($"The planner alone, {Clusters} times on a cluster of three");
        var idle = Measure.Print("nothing to do", () => Plan(3, Clusters, live));
        Measure.Print("3 → 5", () => Plan(5, Clusters, live), idle, "nothing to do");

        Measure.Head($"A pull request on {Reviewed} clusters");
        var plans = Measure.Print("plans, 3 → 5", () => Plan(5, Reviewed, live));
        var review = new Review
        {
            Head = new string('a', 40),
            ClustersInAll = Reviewed,
            Clusters =
            [
                .. Enumerable
                    .Range(0, Reviewed)
                    .Select(number => new ClusterReview(
                        new("etcd", "default", string.Create(CultureInfo.InvariantCulture, $"orders-{number}")),
                        DocumentChange.Changed,
                        [new FieldChange("spec.size", "3", "5")],
                        EtcdForecast.Unfold(Scene.Desired(5), live)
                    )),
            ],
        };
        Measure.Print("comment", () => $"{ReviewMarkdown.Write(review, MaxCommentLength).Length} characters", plans, "plans");
    }

    private static string Plan(int size, int count, Domains.Etcd.Live.EtcdLive live)
    {
        var steps = 0;
        for (var i = 0; i < count; i++)
        {
            steps += EtcdForecast.Unfold(Scene.Desired(size), live).Steps.Length;
        }

        return $"{steps} steps";
    }
}
