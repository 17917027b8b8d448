using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Prometheus.Steps.PrometheusStep>;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>
/// What Kubernetes does not let a StatefulSet be changed into. A larger volume is asked of each claim, and then the StatefulSet is made
/// anew around its pods; anything else of a volume is refused, since it would be another one.
/// </summary>
internal static class StorageRules
{
    public static Refused? StorageChange(PrometheusComparison s)
    {
        var desired = PrometheusRendering.Claim(s.Desired);
        foreach (var shard in Active(s))
        {
            var has = shard.Set!.Claim;
            if ((has is null) != (desired is null) || has?.Name != desired?.Name || has?.Kind != desired?.Kind)
            {
                return Refuse($"{Text(has)} -> {Text(desired)} would need other volumes for every replica of {s.Names.Shard(shard.Index)}");
            }

            if (desired is not null && has is not null && desired.Size < has.Size)
            {
                return Refuse($"{has.Size} -> {desired.Size} would need smaller volumes, and Kubernetes shrinks none");
            }
        }

        return null;

        static Refused Refuse(string why) =>
            new(
                "storage-change",
                $"spec.storage {why}; nothing of this commit is applied",
                "Put spec.storage back; a Prometheus of another name with the other storage can be made beside this one"
            );
    }

    public static Progress? StatefulSetEnding(PrometheusComparison s) =>
        s.Running.FirstOrDefault(shard => shard.Set!.Terminating) is { } ending
            ? new($"StatefulSet {s.Names.Shard(ending.Index)} to be gone before it is recreated")
            : null;

    public static Act? GrowClaims(PrometheusComparison s) =>
        PrometheusRendering.Claim(s.Desired) is not { } desired
            ? null
            : Active(s)
                .SelectMany(shard =>
                    shard
                        .Claims.Where(claim => claim.Ordinal < s.Desired.Replicas && claim.Size < desired.Size)
                        .Select(claim => new Act(
                            new PrometheusStep.GrowClaim(shard.Index, claim.Ordinal, claim.Uid, claim.Size, desired.Size)
                        ))
                )
                .FirstOrDefault();

    public static Act? Orphan(PrometheusComparison s) =>
        Active(s)
            .Where(shard =>
                shard.Set!.Claim?.Size != PrometheusRendering.Claim(s.Desired)?.Size
                || shard.Set.ServiceName != PrometheusRendering.ServiceName(s.Desired)
            )
            .Select(shard => new Act(new PrometheusStep.OrphanStatefulSet(shard.Index, shard.Set!.Uid)))
            .FirstOrDefault();

    private static IEnumerable<ShardLive> Active(PrometheusComparison s) => s.Running.Where(shard => shard.Index < s.Desired.Shards);

    private static string Text(ClaimTemplate? claim) => claim is null ? "without claims" : $"{claim.Size} {claim.Kind}, named {claim.Name}";
}
