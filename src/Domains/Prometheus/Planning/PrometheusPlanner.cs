using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Prometheus.Steps.PrometheusStep>;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>
/// What to do next to one Prometheus. A pure function: no clock, no network, no memory but what <see cref="PrometheusLive"/> holds. It may
/// be asked at any moment, whatever has or has not happened before.
/// </summary>
public static partial class PrometheusPlanner
{
    /// <summary>The rules in order; the first that answers wins, and none answering means that live is as desired.</summary>
    private static readonly ImmutableArray<Rule> Rules =
    [
        // Is this ours, and do we know what is wanted?
        new("foreign-objects", ForeignObjects),
        new("paused", Paused),
        new("rendering-refused", RenderingRefused),
        new("storage-change", StorageChange),
        new(ReportOnlyId, ReportOnly),
        // What has to stand before a pod can start.
        new("governing-service", GoverningService),
        new("first-files", FirstFiles),
        new("statefulset-ending", StatefulSetEnding),
        // Finish what began: what was published is either at work everywhere, or is taken back.
        new("roll-back", RollBack),
        new("refused-by-prometheus", RefusedByPrometheus),
        new("reload", Reload),
        new("start-again", StartAgain),
        // What git wants now.
        new(PlanReview.RuleId, WorseThanReviewed),
        new(Reconcile.Approvals.ApprovalRules.RuleId, NeedsApproval),
        new("put-back", PutBack),
        new("grow-claims", GrowClaims),
        new("unwrap", Unwrap),
        new("begin", Begin),
        new("new-shards", NewShards),
        new("statefulset", StatefulSet),
        new("publish", Publish),
        new("restart-outdated", RestartOutdated),
        // Is it so?
        new("replicas", Replicas),
        new("confirm", Confirm),
        new("approval-over", ApprovalOver),
        new("configuration-rejected", ConfigurationRejected),
    ];

    /// <summary>Ids of the rules in the order in which they are asked.</summary>
    public static ImmutableArray<string> RuleIds { get; } = [.. Rules.Select(rule => rule.Id)];

    public static Decision<PrometheusStep> Next(PrometheusDesired desired, PrometheusLive live) =>
        Decide(desired, live, PrometheusHashes.Rendered).Decision;

    /// <summary>The decision with the id of the rule that made it; <c>converged</c> where none had anything to say.</summary>
    internal static (Decision<PrometheusStep> Decision, string Rule) Decide(
        PrometheusDesired desired,
        PrometheusLive live,
        PrometheusHashes hashes
    )
    {
        var situation = new PrometheusSituation(desired, live, hashes);
        foreach (var rule in Rules)
        {
            if (rule.Answer(situation) is { } decision)
            {
                return (decision, rule.Id);
            }
        }

        return (new Converged(), "converged");
    }

    private static Refused? ForeignObjects(PrometheusSituation s) =>
        s.Live.Foreign.IsEmpty
            ? null
            : new(
                "foreign-objects",
                $"objects with this Prometheus' names belong to someone else: {string.Join(", ", s.Live.Foreign)}",
                "Have prometheus-operator let go of it (delete its Prometheus object with --cascade=orphan, then the StatefulSet with --cascade=orphan; the claims stay), or choose another metadata.name"
            );

    private static Blocked? Paused(PrometheusSituation s) =>
        !s.Desired.Paused ? null : new("paused", $"spec.paused is true in {s.Desired.Document.Location.Path}", "Set spec.paused to false");

    private static Refused? RenderingRefused(PrometheusSituation s) =>
        s.Wanted is not null
            ? null
            : new(
                "rendering-refused",
                s.Live.Rendered.Refusal ?? "no configuration can be made",
                "Mend the document that is named; until then everything stays as it is"
            );

    private static Act? GoverningService(PrometheusSituation s) =>
        s.Live.ServiceHash == s.Hashes.Service(s.Desired) ? null : new(new PrometheusStep.ApplyService());

    /// <summary>Until something has been seen at work there is nothing to keep: what is wanted is what pods start with.</summary>
    private static Act? FirstFiles(PrometheusSituation s) =>
        s.Live.Confirmed is not null || s.Published == s.Wanted!.Digest
            ? null
            : new(
                new PrometheusStep.Publish(
                    s.Wanted,
                    s.Differing(s.Wanted, Enumerable.Range(0, s.Wanted.Shards.Length)),
                    PublishReason.Change
                )
            );

    /// <summary>
    /// New shards first, and only then do the others let go of targets: for a moment some are scraped twice, none is not scraped at all.
    /// </summary>
    private static Decision<PrometheusStep>? NewShards(PrometheusSituation s)
    {
        foreach (var shard in s.ActiveShards)
        {
            var live = s.Live.Shard(shard);
            if (live is { Set: not null, ConfigurationDigest: not null })
            {
                continue;
            }

            // What has been refused is no configuration to begin with, and a shard whose configuration is gone gets its own back before another.
            var files =
                (s.WantedIsRejected || live?.Set is not null) && shard < s.Live.Confirmed?.Shards.Length ? s.Live.Confirmed : s.Wanted!;
            if (s.WantedIsRejected && files == s.Wanted)
            {
                return null;
            }

            // Pods may be there although their StatefulSet is not: it takes them all, and lets go of some only when the others do their work.
            var there = live?.Replicas.Select(replica => replica.Ordinal + 1).DefaultIfEmpty(0).Max() ?? 0;
            return live?.ConfigurationDigest is null || (live.Replicas.IsEmpty && s.Differing(files, [shard]).Length > 0)
                ? new Act(new PrometheusStep.Publish(files, [shard], PublishReason.NewShards))
                : new Act(new PrometheusStep.ApplyShard(shard, Math.Max(s.Desired.Replicas, there), IsNew: true));
        }

        return null;
    }

    /// <summary>
    /// Before a StatefulSet is made into what git asks for now, what it asked for before is forgotten: otherwise a commit that goes back to that
    /// would find it all so already.
    /// </summary>
    private static Act? Begin(PrometheusSituation s) =>
        s.Live.Reached is not null
        && !s.IsReached
        && (s.Running.Any(shard => !s.IsAsAsked(shard)) || s.ActiveShards.Any(shard => s.Live.Shard(shard)?.Set is null))
            ? new(new PrometheusStep.Begin())
            : null;

    private static Decision<PrometheusStep>? StatefulSet(PrometheusSituation s)
    {
        if (s.Running.FirstOrDefault(shard => !s.IsAsAsked(shard)) is not { } shard)
        {
            return null;
        }

        // Fewer replicas: those that stay have to do the work of those that go.
        var staying = shard.Replicas.Where(replica => replica.Ordinal < s.Desired.Replicas).ToList();
        return
            s.Desired.Replicas < shard.Set!.Replicas
            && (staying.Count < s.Desired.Replicas || !staying.TrueForAll(PrometheusSituation.HasItsTargets))
            ? new Progress($"the replicas of {s.Names.Shard(shard.Index)} that stay to serve before others leave")
            : new Act(new PrometheusStep.ApplyShard(shard.Index, s.Desired.Replicas, IsNew: false));
    }

    private sealed record Rule(string Id, Func<PrometheusSituation, Decision<PrometheusStep>?> Answer);
}
