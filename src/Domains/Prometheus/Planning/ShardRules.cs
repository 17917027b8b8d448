using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Prometheus.Steps.PrometheusStep>;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>The governing Service and a StatefulSet for each shard.</summary>
internal static class ShardRules
{
    public static Act? GoverningService(PrometheusComparison s) =>
        s.Live.ServiceHash == s.Hashes.Service(s.Desired) ? null : new(new PrometheusStep.ApplyService());

    /// <summary>
    /// New shards first, and only then do the others drop targets: for a moment some are scraped twice, none is not scraped at all.
    /// </summary>
    public static Decision<PrometheusStep>? NewShards(PrometheusComparison s)
    {
        foreach (var shard in s.ActiveShards)
        {
            var live = s.Live.Shard(shard);
            if (live is { Set: not null, ConfigurationDigest: not null })
            {
                continue;
            }

            // What has been refused is no configuration to begin with, and a shard whose configuration is gone gets its own back before
            // another.
            var files =
                (s.DesiredIsRejected || live?.Set is not null) && shard < s.Live.Confirmed?.Shards.Length
                    ? s.Live.Confirmed
                    : s.DesiredFiles!;
            if (s.DesiredIsRejected && files == s.DesiredFiles)
            {
                return null;
            }

            // Pods may be there although their StatefulSet is not: it takes them all, and drops some only when the others do their
            // work.
            var there = live?.Replicas.Select(replica => replica.Ordinal + 1).DefaultIfEmpty(0).Max() ?? 0;
            return live?.ConfigurationDigest is null || (live.Replicas.IsEmpty && s.Differing(files, [shard]).Length > 0)
                ? new Act(new PrometheusStep.Publish(files, [shard], PublishReason.NewShards))
                : new Act(new PrometheusStep.ApplyShard(shard, Math.Max(s.Desired.Replicas, there), IsNew: true));
        }

        return null;
    }

    /// <summary>
    /// Before a StatefulSet is made into what git asks for now, what it asked for before is forgotten: otherwise a commit that goes back to
    /// that would find it all so already.
    /// </summary>
    public static Act? Begin(PrometheusComparison s) =>
        s.Live.Reached is not null
        && !s.IsReached
        && (s.Running.Any(shard => !s.IsAsAsked(shard)) || s.ActiveShards.Any(shard => s.Live.Shard(shard)?.Set is null))
            ? new(new PrometheusStep.Begin())
            : null;

    public static Decision<PrometheusStep>? StatefulSet(PrometheusComparison s)
    {
        if (s.Running.FirstOrDefault(shard => !s.IsAsAsked(shard)) is not { } shard)
        {
            return null;
        }

        // Fewer replicas: those that stay have to do the work of those that go.
        var staying = shard.Replicas.Where(replica => replica.Ordinal < s.Desired.Replicas).ToList();
        return
            s.Desired.Replicas < shard.Set!.Replicas
            && (staying.Count < s.Desired.Replicas || !staying.TrueForAll(PrometheusComparison.HasItsTargets))
            ? new Progress($"the replicas of {s.Names.Shard(shard.Index)} that stay to serve before others leave")
            : new Act(new PrometheusStep.ApplyShard(shard.Index, s.Desired.Replicas, IsNew: false));
    }
}
