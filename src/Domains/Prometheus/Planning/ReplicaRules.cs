using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Prometheus.Steps.PrometheusStep>;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>Pods: one replica of a shard at a time is taken down, and only while the others serve.</summary>
internal static class ReplicaRules
{
    /// <summary>
    /// One that ended at start because of files that have been written anew since is not left to its back-off, and what it says next is of
    /// these.
    /// </summary>
    public static Act? StartAgain(PrometheusComparison s) =>
        s
            .Current.Where(entry =>
                entry.Replica is { StartError: not null, MadeAfterFiles: false } && entry.Shard.ConfigurationDigest is not null
            )
            .Select(entry => new Act(new PrometheusStep.RestartReplica(entry.Shard.Index, entry.Replica.Ordinal, entry.Replica.PodUid)))
            .FirstOrDefault();

    /// <summary>Some targets are down at any time, and not the same ones at each replica.</summary>
    private const double CanaryShare = 0.9;

    public static Decision<PrometheusStep>? RestartOutdated(PrometheusComparison s)
    {
        foreach (var shard in s.Running)
        {
            var outdated = s.Outdated.Where(entry => entry.Shard == shard).Select(entry => entry.Replica).ToList();
            if (outdated.Count == 0)
            {
                continue;
            }

            if (Canary(s, shard) is { } judged)
            {
                return judged;
            }

            // One that does not serve anyway costs nothing, however the others do; then the highest ordinal, as Kubernetes would.
            var next = outdated.OrderBy(PrometheusComparison.Serves).ThenByDescending(replica => replica.Ordinal).First();
            var others = shard.Replicas.Where(replica => replica.Ordinal != next.Ordinal).ToList();
            return
                PrometheusComparison.Serves(next)
                && (others.Count < shard.Set!.Replicas - 1 || !others.TrueForAll(PrometheusComparison.HasItsTargets))
                ? new Progress($"the other replicas of {s.Names.Shard(shard.Index)} to serve before {s.Replica(shard, next)} is restarted")
                : new Act(new PrometheusStep.RestartReplica(shard.Index, next.Ordinal, next.PodUid));
        }

        return null;
    }

    /// <summary>
    /// The first replica of another version is held against one of the version before: it has to scrape as much, and to evaluate rules as
    /// well.
    /// </summary>
    private static Decision<PrometheusStep>? Canary(PrometheusComparison s, ShardLive shard)
    {
        var before = shard.Replicas.FirstOrDefault(replica =>
            replica.TemplateHash != shard.Set!.TemplateHash && replica.Server is { Targets: not null }
        );
        var canary = shard.Replicas.FirstOrDefault(replica =>
            replica.TemplateHash == shard.Set!.TemplateHash
            && replica.Server is { Targets: not null } server
            && server.Version != before?.Server!.Version
        );
        if (before?.Server is not { Targets: { } had } old || canary?.Server is not { Targets: { } has } young)
        {
            return null;
        }

        var (name, other) = ($"{s.Replica(shard, canary)} of {young.Version}", $"{s.Replica(shard, before)} of {old.Version}");
        return has.Known < had.Known * CanaryShare
                ? new Progress($"{name} to have scraped as many targets as {other} ({has.Known} of {had.Known})")
            : has.Up < had.Up * CanaryShare ? Worse($"{name} can scrape {has.Up} targets, {other} {had.Up}")
            : young.FailingRules > old.FailingRules
                ? Worse($"{name} fails to evaluate {young.FailingRules} rules, {other} {old.FailingRules}")
            : null;

        static Blocked Worse(string what) =>
            new(
                "canary-worse",
                $"{what}; no further replica is restarted",
                "See what its page of targets or rules says and fix it, or put spec.version back"
            );
    }

    public static Progress? Replicas(PrometheusComparison s)
    {
        // A new shard whose first configuration was refused has none to go back to; that it was refused says all of it.
        foreach (var shard in s.Running.Where(shard => !s.DesiredIsRejected || shard.Index < s.Live.Confirmed?.Shards.Length))
        {
            for (var ordinal = 0; ordinal < shard.Set!.Replicas; ordinal++)
            {
                var replica = shard.Replicas.FirstOrDefault(candidate => candidate.Ordinal == ordinal);
                if (replica is null || !PrometheusComparison.Serves(replica) || !s.RunsPublished(shard, replica))
                {
                    return new(
                        $"{s.Names.Pod(shard.Index, ordinal)} to serve{(replica?.NotReadyReason is { } reason ? $" ({reason})" : "")}"
                    );
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
