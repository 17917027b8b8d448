using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Reviews;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Prometheus.Steps.PrometheusStep>;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>
/// What to do next to one Prometheus. A pure function: no clock, no network, no memory but what <see cref="PrometheusLive"/> holds. It may
/// be asked at any moment, whatever has or has not happened before.
/// </summary>
public static class PrometheusPlanner
{
    /// <summary>The rules in order; the first that answers wins, and none answering means that live is as desired.</summary>
    private static readonly RuleTable<PrometheusComparison, PrometheusStep> Rules = new(
        // Is this ours, and do we know what is desired?
        new("foreign-objects", SafetyRules.ForeignObjects),
        new("paused", SafetyRules.Paused),
        new("rendering-refused", SafetyRules.RenderingRefused),
        new("storage-change", StorageRules.StorageChange),
        new(DriftRules.ReportOnlyId, ReportOnly),
        // What has to stand before a pod can start.
        new("governing-service", ShardRules.GoverningService),
        new("first-files", FileRules.FirstFiles),
        new("statefulset-ending", StorageRules.StatefulSetEnding),
        // Finish what began: what was published is either at work everywhere, or is taken back.
        new("roll-back", FileRules.RollBack),
        new("refused-by-prometheus", FileRules.RefusedByPrometheus),
        new("reload", FileRules.Reload),
        new("start-again", ReplicaRules.StartAgain),
        // The desired state now.
        new(PlanReview.RuleId, WorseThanReviewed),
        new(Reconcile.Approvals.ApprovalRules.RuleId, HistoryRules.NeedsApproval),
        new("revert-drift", DriftRules.Revert),
        new("grow-claims", StorageRules.GrowClaims),
        new("orphan-statefulset", StorageRules.Orphan),
        new("begin", ShardRules.Begin),
        new("new-shards", ShardRules.NewShards),
        new("statefulset", ShardRules.StatefulSet),
        new("publish", FileRules.Publish),
        new("restart-outdated", ReplicaRules.RestartOutdated),
        // Is it so?
        new("replicas", ReplicaRules.Replicas),
        new("confirm", FileRules.Confirm),
        new("approval-over", HistoryRules.ApprovalOver),
        new("configuration-rejected", FileRules.ConfigurationRejected)
    );

    /// <summary>Ids of the rules in the order in which they are asked.</summary>
    public static ImmutableArray<string> RuleIds => Rules.Ids;

    public static Decision<PrometheusStep> Next(PrometheusDesired desired, PrometheusLive live) =>
        Decide(desired, live, PrometheusHashes.Rendered).Decision;

    /// <summary>The decision with the id of the rule that made it; <c>converged</c> where none had anything to say.</summary>
    internal static (Decision<PrometheusStep> Decision, string Rule) Decide(
        PrometheusDesired desired,
        PrometheusLive live,
        PrometheusHashes hashes
    ) => Rules.Decide(new PrometheusComparison(desired, live, hashes));

    private static Decision<PrometheusStep>? WorseThanReviewed(PrometheusComparison s) =>
        ReviewRules.WorseThanReviewed(s, (desired, live) => PrometheusForecast.Unfold(desired, live, s.Hashes));

    /// <summary>
    /// Once what git says was all so, mode <c>report</c> lets no rule below act: whatever they would do now answers a change of the live
    /// Prometheus. A change of git is carried out until it is so.
    /// </summary>
    private static Decision<PrometheusStep>? ReportOnly(PrometheusComparison s) =>
        !DriftRules.IsReportOnly(s) ? null
        : Rules.DecideAfter(DriftRules.ReportOnlyId, s) is var would && would is Act { Step: var step } ? DriftRules.NotDone(s, step)
        : would;
}
