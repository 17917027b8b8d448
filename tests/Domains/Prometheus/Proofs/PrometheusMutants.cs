using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Prometheus.Tests.Proofs;

/// <summary>Planners that are wrong in one way each, to see that the properties notice.</summary>
internal static class PrometheusMutants
{
    public static readonly Dictionary<string, Func<PrometheusDesiredState, PrometheusLive, Decision<PrometheusStep>>> ByName = new()
    {
        [nameof(RestartsWithoutWaiting)] = RestartsWithoutWaiting,
        [nameof(ReloadsWithoutWaiting)] = ReloadsWithoutWaiting,
        [nameof(NeedsNoApproval)] = NeedsNoApproval,
        [nameof(TriesWhatWasRefused)] = TriesWhatWasRefused,
        [nameof(ConfirmsTooEarly)] = ConfirmsTooEarly,
        [nameof(ForgetsToBegin)] = ForgetsToBegin,
    };

    public static Decision<PrometheusStep> RestartsWithoutWaiting(PrometheusDesiredState wish, PrometheusLive live) =>
        Right(wish, live) switch
        {
            Decision<PrometheusStep>.Progress { Expected: var expected }
                when expected.Contains("is restarted", StringComparison.Ordinal)
                    && new PrometheusComparison(wish.Desired, live, wish.Hashes).Outdated.FirstOrDefault()
                        is { Replica: { } replica } outdated => new Decision<PrometheusStep>.Act(
                new PrometheusStep.RestartReplica(outdated.Shard.Index, replica.Ordinal, replica.PodUid)
            ),
            var right => right,
        };

    public static Decision<PrometheusStep> ReloadsWithoutWaiting(PrometheusDesiredState wish, PrometheusLive live) =>
        Right(wish, live) switch
        {
            Decision<PrometheusStep>.Progress { Expected: var expected }
                when expected.EndsWith("drops some", StringComparison.Ordinal)
                    && live.Shards.FirstOrDefault(shard =>
                        shard.Replicas.Any(one =>
                            one.Server is { HasSettled: true } && one.Server.ConfigurationDigest != shard.ConfigurationDigest
                        )
                    )
                        is { } hasty
                    && hasty.Replicas[0] is var replica => new Decision<PrometheusStep>.Act(
                new PrometheusStep.Reload(hasty.Index, replica.Ordinal, replica.PodUid, live.PublishedDigest!)
            ),
            var right => right,
        };

    public static Decision<PrometheusStep> NeedsNoApproval(PrometheusDesiredState wish, PrometheusLive live) =>
        Right(wish, live) switch
        {
            Decision<PrometheusStep>.Blocked { By.Rule: "needs-approval" } => new Decision<PrometheusStep>.Act(
                new PrometheusStep.ApplyShard(0, wish.Desired.Replicas, IsNew: false)
            ),
            var right => right,
        };

    public static Decision<PrometheusStep> TriesWhatWasRefused(PrometheusDesiredState wish, PrometheusLive live) =>
        Right(wish, live) switch
        {
            Decision<PrometheusStep>.Refused { By.Rule: "configuration-rejected" } => new Decision<PrometheusStep>.Act(
                new PrometheusStep.Publish(live.Rendered.Files!, [0], PublishReason.Change)
            ),
            var right => right,
        };

    public static Decision<PrometheusStep> ConfirmsTooEarly(PrometheusDesiredState wish, PrometheusLive live) =>
        Right(wish, live) switch
        {
            Decision<PrometheusStep>.Act { Step: PrometheusStep.Reload } when live.PublishedDigest == live.Rendered.Files!.Digest =>
                new Decision<PrometheusStep>.Act(new PrometheusStep.Confirm(live.Rendered.Files)),
            var right => right,
        };

    /// <summary>Keeps believing that what was reached is so, whatever StatefulSets have been made into since.</summary>
    public static Decision<PrometheusStep> ForgetsToBegin(PrometheusDesiredState wish, PrometheusLive live) =>
        Right(wish, live) switch
        {
            Decision<PrometheusStep>.Act { Step: PrometheusStep.Begin } => new Decision<PrometheusStep>.Act(
                new PrometheusStep.ApplyShard(0, wish.Desired.Replicas, IsNew: false)
            ),
            var right => right,
        };

    private static Decision<PrometheusStep> Right(PrometheusDesiredState wish, PrometheusLive live) =>
        PrometheusPlanner.Decide(wish.Desired, live, wish.Hashes).Decision;
}
