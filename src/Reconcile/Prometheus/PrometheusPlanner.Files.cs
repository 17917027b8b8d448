using GitOpsOperator.Drift.Prometheus;
using static GitOpsOperator.Reconcile.Decision<GitOpsOperator.Reconcile.Prometheus.PrometheusStep>;

namespace GitOpsOperator.Reconcile.Prometheus;

/// <summary>
/// How a configuration gets to work: published, loaded by every process, confirmed; or refused by one, and taken back by all. One at a
/// time: a process that refuses a file cannot say which, so nothing newer is published until the last is decided.
/// </summary>
public static partial class PrometheusPlanner
{
    private static Act? RollBack(PrometheusSituation s)
    {
        if (s.Live is not { Confirmed: { } confirmed, Rejected: { } rejected } || s.Published != rejected.Digest)
        {
            return null;
        }

        var shards = s.Differing(confirmed, s.Live.Shards.Select(shard => shard.Index));
        return shards.IsEmpty && s.Live.RuleDigests.OfType<string>().SequenceEqual(confirmed.Rules.Select(rules => rules.Digest))
            ? null
            : new(new PrometheusStep.Publish(confirmed, shards, PublishReason.RollBack));
    }

    private static Decision<PrometheusStep>? RefusedByPrometheus(PrometheusSituation s)
    {
        if (s.Published is not { } published || published == s.Live.Confirmed?.Digest)
        {
            return null;
        }

        foreach (var (shard, replica) in s.Current.Where(entry => entry.Replica.Refusal?.Digest == published && !s.RunsPublished(entry.Shard, entry.Replica)))
        {
            var rejected = new RejectedFiles(published, $"{s.Replica(shard, replica)}: {replica.Refusal!.Error}");
            return s.Live.Confirmed is not null
                ? new Act(new PrometheusStep.Reject(rejected))
                : new Blocked("refused-by-prometheus", rejected.Error, "Mend the document; there is no earlier configuration to go back to");
        }

        return null;
    }

    /// <summary>
    /// Whoever runs something else than what is published is told to read it; a pod that cannot see it yet is asked again. Where targets go from
    /// one shard to another, the one that gets them comes first, and has to have found them before the other lets go.
    /// </summary>
    private static Decision<PrometheusStep>? Reload(PrometheusSituation s)
    {
        var due = s.Current.Where(entry => entry.Replica.Server is { Ready: true } && !s.RunsPublished(entry.Shard, entry.Replica)).OrderBy(entry => s.Turn(entry.Shard.Index)).ToList();
        if (due.Count == 0)
        {
            return null;
        }

        var (shard, replica) = due[0];
        var unsettled = s.Current.Where(entry => s.Turn(entry.Shard.Index) < s.Turn(shard.Index) && entry.Replica.Server is not { HasSettled: true }).ToList();
        return unsettled.Count > 0
            ? new Progress($"{s.Replica(unsettled[0].Shard, unsettled[0].Replica)} to find its targets before {s.Names.Shard(shard.Index)} lets go of some")
            : new Act(new PrometheusStep.Reload(shard.Index, replica.Ordinal, replica.PodUid, s.Published!));
    }

    private static Decision<PrometheusStep>? Publish(PrometheusSituation s)
    {
        if (s.Published == s.Wanted!.Digest || s.WantedIsRejected)
        {
            return null;
        }

        var unready = s.ActiveShards.Where(shard => s.Live.Confirmed?.Shards.Length <= shard).Select(shard => s.Live.Shard(shard)!)
            .FirstOrDefault(shard => s.Desired.Replicas > 0 && !shard.Replicas.Any(replica => PrometheusSituation.Serves(replica) && replica.Server!.HasSettled));
        return unready is not null
            ? new Progress($"{s.Names.Shard(unready.Index)} to serve and to find its targets before the other shards let go of them")
            : new Act(new PrometheusStep.Publish(s.Wanted, s.Differing(s.Wanted, Enumerable.Range(0, s.Wanted.Shards.Length)), PublishReason.Change));
    }

    private static Act? Confirm(PrometheusSituation s) =>
        s.Published == s.Wanted!.Digest && (s.Live.Confirmed?.Digest != s.Wanted.Digest || !s.IsReached) ? new(new PrometheusStep.Confirm(s.Wanted)) : null;

    private static Refused? ConfigurationRejected(PrometheusSituation s) => !s.WantedIsRejected ? null : new(
        "configuration-rejected",
        $"a running Prometheus has refused what git says: {s.Live.Rejected!.Error}; the configuration that was last at work is back in force",
        "Mend the document that the message names");
}
