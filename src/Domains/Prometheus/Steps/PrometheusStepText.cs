using GitOpsOperator.Domains.Prometheus.Live;

namespace GitOpsOperator.Domains.Prometheus.Steps;

/// <summary>Steps as imperatives without a full stop.</summary>
internal static class PrometheusStepText
{
    public static string Sentence(PrometheusStep step, PrometheusNames names) =>
        step switch
        {
            PrometheusStep.ApplyService => $"apply Service {PrometheusNames.GoverningService}",
            PrometheusStep.Publish { Reason: PublishReason.RollBack } => "put the configuration back that was last at work",
            PrometheusStep.Publish { Reason: PublishReason.NewShards } publish =>
                $"write the configuration of {string.Join(", ", publish.Shards.Select(names.Shard))}",
            PrometheusStep.Publish publish => $"write configuration {publish.Files.Digest}",
            PrometheusStep.ApplyShard { IsNew: true } apply =>
                $"create {names.Shard(apply.Shard)} with {apply.Replicas} {(apply.Replicas == 1 ? "replica" : "replicas")}",
            PrometheusStep.ApplyShard apply =>
                $"bring StatefulSet {names.Shard(apply.Shard)} up to date, {apply.Replicas} {(apply.Replicas == 1 ? "replica" : "replicas")}",
            PrometheusStep.GrowClaim grow => $"enlarge the volume of {names.Pod(grow.Shard, grow.Ordinal)} from {grow.From} to {grow.To}",
            PrometheusStep.Unwrap unwrap =>
                $"delete StatefulSet {names.Shard(unwrap.Shard)} and leave its pods and volumes, to make it anew around them",
            PrometheusStep.PutBack put => $"put {put.Target} back to what git says",
            PrometheusStep.Reload reload => $"have {names.Pod(reload.Shard, reload.Ordinal)} load configuration {reload.Digest}",
            PrometheusStep.RestartReplica restart => $"restart {names.Pod(restart.Shard, restart.Ordinal)}",
            PrometheusStep.Begin => "note that git asks for something else than before",
            PrometheusStep.HoldBack hold => $"hold the change back that was shown in {hold.Held.Reviewed.ReviewedIn}",
            PrometheusStep.Reject reject => $"note that configuration {reject.Rejected.Digest} is refused: {reject.Rejected.Error}",
            PrometheusStep.TakeApproval { Digest: { } digest } => $"take up approval {digest}",
            PrometheusStep.TakeApproval => "note that the approval has been carried out",
            PrometheusStep.Confirm confirm => $"note that configuration {confirm.Files.Digest} is at work everywhere",
            _ => throw new NotSupportedException($"No words are known for {step.GetType().Name}"),
        };
}
