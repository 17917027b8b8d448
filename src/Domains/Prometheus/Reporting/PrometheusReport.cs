using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Reporting;

namespace GitOpsOperator.Domains.Prometheus.Reporting;

/// <summary>Says of a Prometheus what is, what is done and what is not done, in the words that every domain's status uses.</summary>
public static class PrometheusReport
{
    public static ClusterReport Of(PrometheusDesired desired, PrometheusLive live, Decision<PrometheusStep> decision, string? note)
    {
        var situation = new PrometheusComparison(desired, live, PrometheusHashes.Rendered);
        var phase = DecisionReport.Phase(decision, desired.Paused);
        var members = situation
            .Running.SelectMany(shard => shard.Replicas.Select(replica => Member(situation, shard, replica)))
            .ToImmutableArray();
        return new()
        {
            Cluster = live.Cluster,
            Revision = desired.Commit,
            Path = desired.Document.Location.Path,
            Desired = PrometheusForecast.InWords(desired),
            Spec = Shown(desired).ToJsonString(),
            Phase = phase,
            Summary = string.Create(
                CultureInfo.InvariantCulture,
                $"{members.Count(member => member.Healthy)}/{desired.Shards * desired.Replicas} ready{Suffix(phase)}"
            ),
            Conditions = [.. Conditions(desired, live, situation, decision)],
            Members = members,
            CurrentStep = DecisionReport.CurrentStep(decision, step => step.Describe(live).Sentence, note),
            Remaining = DecisionReport.Remaining(decision, () => PrometheusForecast.Unfold(desired, live)),
            Blocker = decision.Blocker,
            Findings = live.Rendered.Notes,
        };
    }

    /// <summary>The entries, with what becomes of them in the mode that the repository is in.</summary>
    public static ImmutableArray<DriftEntry> Explain(PrometheusDesired desired, ImmutableArray<DriftEntry> entries) =>
        ClusterReport.Explain(entries, desired.RepositoryMode, desired.Paused ? "nothing while spec.paused is true" : null);

    /// <summary>What of the document is worth seeing at a glance: all of it has thousands of fields, and is in git.</summary>
    private static JsonObject Shown(PrometheusDesired desired)
    {
        var shown = new JsonObject
        {
            ["version"] = PrometheusRendering.VersionOf(desired).ToString(),
            ["shards"] = desired.Shards,
            ["replicas"] = desired.Replicas,
            ["paused"] = desired.Paused,
        };
        foreach (var field in (string[])["retention", "retentionSize"])
        {
            if (desired.Spec[field].NonEmptyText is { } text)
            {
                shown[field] = text;
            }
        }

        return shown;
    }

    private static string Suffix(ClusterPhase phase) =>
        phase switch
        {
            ClusterPhase.Progressing => ", settling",
            ClusterPhase.Blocked => ", blocked",
            ClusterPhase.Refused => ", refused",
            ClusterPhase.Suspended => ", paused",
            _ => "",
        };

    private static IEnumerable<Condition> Conditions(
        PrometheusDesired desired,
        PrometheusLive live,
        PrometheusComparison situation,
        Decision<PrometheusStep> decision
    )
    {
        var silent = situation
            .ActiveShards.Where(shard => live.Shard(shard)?.Replicas.Any(PrometheusComparison.Serves) != true)
            .Select(situation.Names.Shard)
            .ToArray();
        yield return new(
            "Ready",
            silent.Length == 0,
            silent.Length == 0 ? "EveryShardServes" : "ShardsDown",
            silent.Length == 0 ? "Every shard has a replica that scrapes and answers" : $"No replica serves of {string.Join(", ", silent)}"
        );
        var confirmed = live.Confirmed is { } files && files.Digest == live.Rendered.Files?.Digest;
        yield return new(
            "Confirmed",
            confirmed,
            confirmed ? "AtWork" : "NotYet",
            confirmed ? "Every replica says itself that it runs the configuration and the rules that git's documents come to"
                : live.Confirmed is null ? "No configuration has been seen at work yet"
                : "What runs is what was confirmed before, or on its way to what git says"
        );
        var (isIn, all) = (live.Rendered.Selection.Count(item => item.IsIn), live.Rendered.Selection.Length);
        yield return new(
            "Selected",
            isIn > 0,
            isIn > 0 ? "Selected" : "NothingSelected",
            $"{isIn} of {all} monitors and rules in the repository are in"
        );
        yield return new(
            "Accepted",
            decision is not Decision<PrometheusStep>.Refused,
            decision is Decision<PrometheusStep>.Refused refused ? refused.By.Rule : "Accepted",
            decision is Decision<PrometheusStep>.Refused why ? why.By.Reason : "What git says is in force or on its way"
        );
    }

    private static MemberReport Member(PrometheusComparison situation, ShardLive shard, ReplicaLive replica)
    {
        var role = shard.Index < situation.Desired.Shards ? "scraping" : "kept for queries";
        return new(
            situation.Replica(shard, replica),
            role,
            replica.Server?.Version ?? "unknown",
            PrometheusComparison.Serves(replica),
            Detail(situation, shard, replica)
        );
    }

    private static string Detail(PrometheusComparison situation, ShardLive shard, ReplicaLive replica) =>
        replica switch
        {
            { Terminating: true } => "its pod is ending",
            { Running: false } => replica.NotReadyReason ?? "its container does not run",
            { Server: null } => "does not answer",
            { Server.Ready: false } => "replays its history",
            { Refusal: { } refusal } when !situation.RunsPublished(shard, replica) => $"refuses the configuration: {refusal.Error}",
            _ when !situation.RunsPublished(shard, replica) => "runs an earlier configuration",
            { Server.RuleGroups: var groups } => string.Create(
                CultureInfo.InvariantCulture,
                $"runs the published configuration, {groups} rule {(groups == 1 ? "group" : "groups")}"
            ),
        };
}
