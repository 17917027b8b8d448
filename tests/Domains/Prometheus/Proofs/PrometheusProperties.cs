using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Prometheus.Tests.Proofs;

/// <summary>What must hold of every step that the operator takes, and wherever it comes to rest.</summary>
internal static class PrometheusProperties
{
    public static IEnumerable<string> BrokenBy(PrometheusWorld before, PrometheusStep step, PrometheusWorld after)
    {
        var alone = step is PrometheusStep.RestartReplica { Shard: var only } && before.Live.Shard(only)!.Set!.Replicas == 1;
        // Pods that are on their way out count for nothing, but to the step that sends them away. Without a memory of what was at work it
        // cannot be known which shard had what.
        var had = step is PrometheusStep.ApplyShard ? before.Scraped : Staying(before).Scraped;
        if (!alone && before.Live.Confirmed is not null && (had & ~Staying(after).Scraped) != 0)
        {
            yield return "no-target-is-let-go";
        }

        var broken = step switch
        {
            PrometheusStep.RestartReplica restart
                when before.Live.Shard(restart.Shard)!.Replicas.Single(replica => replica.Ordinal == restart.Ordinal) is var taken
                    && PrometheusComparison.Serves(taken)
                    && Others(before, restart).Any(other => other is null || !PrometheusComparison.Serves(other)) =>
                "one-restart-at-a-time",
            PrometheusStep.ApplyShard or PrometheusStep.RestartReplica when !before.Live.Approval.InForce && Shortens(before, step) =>
                "no-history-goes-without-an-approval",
            PrometheusStep.Publish { Reason: PublishReason.Change, Files: var files } when before.Live.Rejected?.Digest == files.Digest =>
                "what-was-refused-is-not-published-again",
            PrometheusStep.Confirm { Files: var files }
                when !before
                    .Live.Shards.Where(shard => shard.Set is not null)
                    .SelectMany(shard => shard.Replicas.Select(replica => (shard, replica)))
                    .All(entry =>
                        entry.replica.Server is { ReloadSucceeded: true } server
                        && server.ConfigurationDigest == files.Shards[entry.shard.Index].Digest
                    ) => "only-what-is-at-work-is-confirmed",
            _ => null,
        };
        if (broken is not null)
        {
            yield return broken;
        }
    }

    public static IEnumerable<string> BrokenAtRest(PrometheusWorld world, Decision<PrometheusStep> decision)
    {
        if (decision is Decision<PrometheusStep>.Refused && world.Live.PublishedDigest == world.Live.Rejected?.Digest)
        {
            yield return "what-was-refused-is-taken-back";
        }

        if (
            decision is Decision<PrometheusStep>.Converged
            && (
                world.Scraped != PrometheusTargets.Both
                || world.Live.PublishedDigest != world.Live.Rendered.Files!.Digest
                || world
                    .Live.Shards.Where(shard => shard.Index < world.Wish.Desired.Shards)
                    .Any(shard =>
                        shard.Set?.Hash != world.Wish.Hashes.StatefulSet(world.Wish.Desired, shard.Index)
                        || shard.Replicas.Length != world.Wish.Desired.Replicas
                        || shard.Replicas.Any(replica =>
                            !PrometheusComparison.Serves(replica) || replica.TemplateHash != shard.Set.TemplateHash
                        )
                    )
            )
        )
        {
            yield return "converged-is-as-desired";
        }
    }

    /// <summary>Without the pods that a StatefulSet takes away from now on.</summary>
    private static PrometheusWorld Staying(PrometheusWorld world) =>
        world with
        {
            Live = world.Live with
            {
                Shards =
                [
                    .. world.Live.Shards.Select(shard =>
                        shard.Set is { } set
                            ? shard with
                            {
                                Replicas = shard.Replicas.RemoveAll(replica => replica.Ordinal >= set.Replicas),
                            }
                            : shard
                    ),
                ],
            },
        };

    private static IEnumerable<ReplicaLive?> Others(PrometheusWorld world, PrometheusStep.RestartReplica restart)
    {
        var shard = world.Live.Shard(restart.Shard)!;
        return Enumerable
            .Range(0, shard.Set!.Replicas)
            .Where(ordinal => ordinal != restart.Ordinal)
            .Select(ordinal => shard.Replicas.FirstOrDefault(replica => replica.Ordinal == ordinal));
    }

    /// <summary>A process that keeps its history for longer is to be started with less.</summary>
    private static bool Shortens(PrometheusWorld world, PrometheusStep step)
    {
        var (shard, kept) = step switch
        {
            PrometheusStep.ApplyShard apply => (apply.Shard, world.Wish.Desired.Retention),
            PrometheusStep.RestartReplica restart => (restart.Shard, world.Live.Shard(restart.Shard)!.Set!.Retention),
            _ => (-1, null),
        };
        return kept is not null
            && world.Live.Shard(shard) is { } there
            && there.Replicas.Any(replica => replica.Server?.Retention is { } longer && kept.IsShorterThan(longer));
    }
}
