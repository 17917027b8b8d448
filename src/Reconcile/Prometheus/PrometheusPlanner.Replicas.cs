using static GitOpsOperator.Reconcile.Decision<GitOpsOperator.Reconcile.Prometheus.PrometheusStep>;

namespace GitOpsOperator.Reconcile.Prometheus;

/// <summary>Pods: one replica of a shard at a time is taken down, and only while the others serve.</summary>
public static partial class PrometheusPlanner
{
    private static Decision<PrometheusStep>? RestartOutdated(PrometheusSituation s)
    {
        foreach (var shard in s.Running)
        {
            var outdated = s.Outdated.Where(entry => entry.Shard == shard).Select(entry => entry.Replica).ToList();
            if (outdated.Count == 0)
            {
                continue;
            }

            // One that does not serve anyway costs nothing; then the highest ordinal, as Kubernetes would.
            var next = outdated.OrderBy(PrometheusSituation.Serves).ThenByDescending(replica => replica.Ordinal).First();
            var others = shard.Replicas.Where(replica => replica.Ordinal != next.Ordinal).ToList();
            return others.Count < shard.Set!.Replicas - 1 || others.Exists(replica => !PrometheusSituation.Serves(replica))
                ? new Progress($"the other replicas of {s.Names.Shard(shard.Index)} to serve before {s.Replica(shard, next)} is restarted")
                : new Act(new PrometheusStep.RestartReplica(shard.Index, next.Ordinal, next.PodUid));
        }

        return null;
    }

    private static Progress? Replicas(PrometheusSituation s)
    {
        foreach (var shard in s.Running)
        {
            for (var ordinal = 0; ordinal < shard.Set!.Replicas; ordinal++)
            {
                var replica = shard.Replicas.FirstOrDefault(candidate => candidate.Ordinal == ordinal);
                if (replica is null || !PrometheusSituation.Serves(replica) || !s.RunsPublished(shard, replica))
                {
                    return new($"{s.Names.Pod(shard.Index, ordinal)} to serve{(replica?.Trouble is { } trouble ? $" ({trouble})" : "")}");
                }
            }

            if (shard.Replicas.FirstOrDefault(replica => replica.Ordinal >= shard.Set.Replicas) is { } leaving)
            {
                return new($"{s.Replica(shard, leaving)} to end");
            }
        }

        return null;
    }
}
