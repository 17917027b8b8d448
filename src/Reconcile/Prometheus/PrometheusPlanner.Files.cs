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

    /// <summary>Whoever runs something else than what is published is told to read it; a pod that cannot see it yet is asked again.</summary>
    private static Act? Reload(PrometheusSituation s) => s.Current
        .Where(entry => entry.Replica.Server is { Ready: true } && !s.RunsPublished(entry.Shard, entry.Replica))
        .Select(entry => new Act(new PrometheusStep.Reload(entry.Shard.Index, entry.Replica.Ordinal, entry.Replica.PodUid, s.Published!))).FirstOrDefault();

    private static Decision<PrometheusStep>? Publish(PrometheusSituation s)
    {
        if (s.Published == s.Wanted!.Digest || s.WantedIsRejected)
        {
            return null;
        }

        var unready = s.ActiveShards.Select(shard => s.Live.Shard(shard)!).FirstOrDefault(shard => s.Desired.Replicas > 0 && !shard.Replicas.Any(PrometheusSituation.Serves));
        return unready is not null && s.Live.Confirmed?.Shards.Length <= unready.Index
            ? new Progress($"{s.Names.Shard(unready.Index)} to serve before the other shards let go of targets")
            : new Act(new PrometheusStep.Publish(s.Wanted, s.Differing(s.Wanted, Enumerable.Range(0, s.Wanted.Shards.Length)), PublishReason.Change));
    }

    private static Act? Confirm(PrometheusSituation s) =>
        s.Published == s.Wanted!.Digest && (s.Live.Confirmed?.Digest != s.Wanted.Digest || !s.IsReached) ? new(new PrometheusStep.Confirm(s.Wanted)) : null;

    private static Refused? ConfigurationRejected(PrometheusSituation s) => !s.WantedIsRejected ? null : new(
        "configuration-rejected",
        $"a running Prometheus has refused what git says: {s.Live.Rejected!.Error}; the configuration that was last at work is back in force",
        "Mend the document that the message names");
}
