using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Prometheus.Steps.PrometheusStep>;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>
/// How a configuration gets to work: published, loaded by every process, confirmed; or refused by one, and taken back by all. What git says
/// later takes the place of what has not been decided yet.
/// </summary>
internal static class FileRules
{
    /// <summary>Until something has been seen at work there is nothing to keep: what is desired is what pods start with.</summary>
    public static Act? FirstFiles(PrometheusComparison s) =>
        s.Live.Confirmed is not null || s.Published == s.DesiredFiles!.Digest
            ? null
            : new(
                new PrometheusStep.Publish(
                    s.DesiredFiles,
                    s.Differing(s.DesiredFiles, Enumerable.Range(0, s.DesiredFiles.Shards.Length)),
                    PublishReason.Change
                )
            );

    public static Act? RollBack(PrometheusComparison s)
    {
        // While what git says is refused, what was last at work is what is published, whatever came between.
        if (s.Live is not { Confirmed: { } confirmed, Rejected: { } rejected } || (s.Published != rejected.Digest && !s.DesiredIsRejected))
        {
            return null;
        }

        return s.IsPublished(confirmed)
            ? null
            : new(
                new PrometheusStep.Publish(
                    confirmed,
                    s.Differing(confirmed, s.Live.Shards.Select(shard => shard.Index)),
                    PublishReason.RollBack
                )
            );
    }

    public static Decision<PrometheusStep>? RefusedByPrometheus(PrometheusComparison s)
    {
        if (
            s.DesiredIsRejected
            || s.Published is not { } published
            || published != s.DesiredFiles!.Digest
            || published == s.Live.Confirmed?.Digest
        )
        {
            return null;
        }

        // One that ends at start because of its configuration has refused it as well as one that was told to load it.
        var refusals = s
            .Current.Where(entry => !s.RunsPublished(entry.Shard, entry.Replica))
            .Select(entry =>
                (
                    entry.Shard,
                    entry.Replica,
                    Error: entry.Replica is { Refusal: { } refusal }
                        ? refusal.Digest == published
                            ? refusal.Error
                            : null
                        : entry.Replica.MadeAfterFiles
                            ? entry.Replica.StartError
                            : null
                )
            )
            .Where(entry => entry.Error is not null);
        foreach (var (shard, replica, error) in refusals)
        {
            var rejected = new RejectedFiles(published, $"{s.Replica(shard, replica)}: {error}");
            return s.Live.Confirmed is not null
                ? new Act(new PrometheusStep.Reject(rejected))
                : new Blocked("refused-by-prometheus", rejected.Error, "Fix the document; there is no earlier configuration to go back to");
        }

        return null;
    }

    /// <summary>
    /// Whoever runs something else than what is published is told to read it; a pod that cannot see it yet is asked again. Where targets go
    /// from one shard to another, the one that gets them comes first, and has to have found them before the other lets go. What is
    /// published only in part, or is not desired any more, is nothing to load.
    /// </summary>
    public static Decision<PrometheusStep>? Reload(PrometheusComparison s)
    {
        var files =
            s.Published == s.DesiredFiles!.Digest ? s.DesiredFiles
            : s.DesiredIsRejected && s.Live.Confirmed is { } confirmed && s.IsPublished(confirmed) ? confirmed
            : null;
        var due = s
            .Current.Where(entry =>
                entry.Shard.Index < files?.Shards.Length
                && entry.Replica.Server is { Ready: true }
                && !s.RunsPublished(entry.Shard, entry.Replica)
            )
            .ToList();
        if (due.Count == 0)
        {
            return null;
        }

        foreach (var (shard, replica) in due.Where(entry => TargetShares.CanLoad(s, entry.Shard, entry.Replica, files!)))
        {
            return new Act(new PrometheusStep.Reload(shard.Index, replica.Ordinal, replica.PodUid, files!.Digest));
        }

        foreach (
            var (shard, replica) in s.Live.Shards.SelectMany(shard =>
                shard.Replicas.Where(one => PrometheusComparison.Serves(one) && !one.Server!.HasSettled).Select(one => (shard, one))
            )
        )
        {
            return new Progress($"{s.Replica(shard, replica)} to find its targets before {s.Names.Shard(due[0].Shard.Index)} drops some");
        }

        // Who is not there yet may be the one to take them; otherwise each gives to the other, and one has to begin.
        return
            s.Desired.Replicas > 0
            && s.ActiveShards.Any(shard =>
                s.Live.Shard(shard) is not { Set: not null } there || !there.Replicas.Any(PrometheusComparison.Serves)
            )
            ? null
            : new Act(new PrometheusStep.Reload(due[0].Shard.Index, due[0].Replica.Ordinal, due[0].Replica.PodUid, files!.Digest));
    }

    public static Act? Publish(PrometheusComparison s) =>
        s.Published == s.DesiredFiles!.Digest || s.DesiredIsRejected
            ? null
            : new(
                new PrometheusStep.Publish(
                    s.DesiredFiles,
                    s.Differing(s.DesiredFiles, Enumerable.Range(0, s.DesiredFiles.Shards.Length)),
                    PublishReason.Change
                )
            );

    public static Act? Confirm(PrometheusComparison s) =>
        s.Published == s.DesiredFiles!.Digest && (s.Live.Confirmed?.Digest != s.DesiredFiles.Digest || !s.IsReached)
            ? new(new PrometheusStep.Confirm(s.DesiredFiles))
            : null;

    public static Refused? ConfigurationRejected(PrometheusComparison s) =>
        !s.DesiredIsRejected
            ? null
            : new(
                "configuration-rejected",
                $"a running Prometheus has refused what git says: {s.Live.Rejected!.Error}; the configuration that was last at work "
                    + "is back in force",
                "Fix the document that the message names"
            );
}
