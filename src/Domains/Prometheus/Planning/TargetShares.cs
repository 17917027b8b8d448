using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>
/// Which shard has which targets, by the remainder of their hash: shard <c>i</c> of <c>n</c> has those whose hash leaves <c>i</c> when it
/// is divided by <c>n</c>. Where shards divide by different numbers, as in the middle of a change, all is told by their common multiple.
/// </summary>
internal static class TargetShares
{
    /// <summary>Beyond this many classes of targets, which takes hundreds of shards, nothing is worked out.</summary>
    private const long MaxClasses = 100_000;

    /// <summary>Whether a replica can load files without letting go of a target that nobody else has found.</summary>
    public static bool CanLoad(PrometheusComparison s, ShardLive shard, ReplicaLive replica, PrometheusFiles files)
    {
        var (has, gets) = (Of(shard, replica), new Share(shard.Index, files.Shards[shard.Index].Scrapes ? files.ScrapingShards : 0));
        if (has == gets)
        {
            return true;
        }

        Share[] others =
        [
            .. s.Live.Shards.SelectMany(one =>
                one.Replicas.Where(other => other.PodUid != replica.PodUid && PrometheusComparison.HasItsTargets(other))
                    .Select(other => Of(one, other))
            ),
        ];
        var classes = others
            .Append(has)
            .Append(gets)
            .Where(share => share.Count > 0)
            .Aggregate(1L, (all, share) => Multiple(all, share.Count));
        for (var remainder = 0L; remainder < classes && classes <= MaxClasses; remainder++)
        {
            if (has.Holds(remainder) && !gets.Holds(remainder) && !others.Any(other => other.Holds(remainder)))
            {
                return false;
            }
        }

        return true;
    }

    private static Share Of(ShardLive shard, ReplicaLive replica) => new(shard.Index, replica.Server!.ScrapingShards);

    private static long Multiple(long one, long other)
    {
        var (a, b) = (one, other);
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return one / a * other;
    }

    /// <param name="Count">By which hashes are divided; 0 where it has no targets.</param>
    private readonly record struct Share(int Index, int Count)
    {
        public bool Holds(long remainder) => Count > 0 && remainder % Count == Index;
    }
}
