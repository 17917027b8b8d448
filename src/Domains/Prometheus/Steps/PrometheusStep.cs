using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Prometheus.Steps;

/// <summary>One thing that is done to a Prometheus. Data; who carries it out is the executor.</summary>
public abstract record PrometheusStep
{
    private PrometheusStep() { }

    /// <summary>The governing Service is as rendered.</summary>
    public sealed record ApplyService : PrometheusStep;

    /// <summary>Configuration and rules lie in Kubernetes for pods to read; no process has been told.</summary>
    /// <param name="Shards">Those whose configuration is written.</param>
    public sealed record Publish(PrometheusFiles Files, ImmutableArray<int> Shards, PublishReason Reason) : PrometheusStep;

    /// <summary>A shard's StatefulSet is as rendered; no pod has been restarted by it.</summary>
    public sealed record ApplyShard(int Shard, int Replicas, bool IsNew) : PrometheusStep;

    /// <summary>It is written down that what git asked for before is not what StatefulSets are held to any more: one of them is about to be another.</summary>
    public sealed record Begin : PrometheusStep;

    /// <summary>It is written down that a change is held back, so that it stays so when the operator is started anew.</summary>
    public sealed record HoldBack(HeldPrometheusChange Held) : PrometheusStep;

    /// <summary>An object that somebody has changed is as git says again.</summary>
    /// <param name="Target">As drift names it: <c>StatefulSet/prometheus-main</c>.</param>
    public sealed record PutBack(string Target) : PrometheusStep;

    /// <summary>A replica's volume is asked to be larger; who provides it enlarges it, on most classes while it is in use.</summary>
    public sealed record GrowClaim(int Shard, int Ordinal, string ClaimUid, Quantity From, Quantity To) : PrometheusStep;

    /// <summary>
    /// A shard's StatefulSet is gone and its pods run on, for one that Kubernetes does not let it be changed into: made anew, it takes the same
    /// pods and claims.
    /// </summary>
    public sealed record Unwrap(int Shard, string Uid) : PrometheusStep;

    /// <summary>A replica has read its files again, and runs them.</summary>
    public sealed record Reload(int Shard, int Ordinal, string PodUid, string Digest) : PrometheusStep;

    /// <summary>A replica's pod is gone, for its StatefulSet to make anew.</summary>
    public sealed record RestartReplica(int Shard, int Ordinal, string PodUid) : PrometheusStep;

    /// <summary>It is written down that a running Prometheus has refused the files.</summary>
    public sealed record Reject(RejectedFiles Rejected) : PrometheusStep;

    /// <summary>It is written down which effects on data are approved from now on, or that an approval has been carried out.</summary>
    /// <param name="Digest">Of what is approved; null where it is over.</param>
    public sealed record TakeApproval(ApprovalLive Approval, string? Digest) : PrometheusStep;

    /// <summary>It is written down that every pod runs these files, and that all that git asks for is so.</summary>
    public sealed record Confirm(PrometheusFiles Files) : PrometheusStep;
}

public enum PublishReason
{
    /// <summary>For shards that are about to be made.</summary>
    NewShards,

    /// <summary>Git's documents come to something else than before.</summary>
    Change,

    /// <summary>What was published last was refused; what was last at work comes back.</summary>
    RollBack,
}
