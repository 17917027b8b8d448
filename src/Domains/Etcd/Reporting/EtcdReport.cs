using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Reporting;

namespace GitOpsOperator.Domains.Etcd.Reporting;

/// <summary>Says of an etcd cluster what is, what is done and what is not done, in the words that every domain's status uses.</summary>
public static class EtcdReport
{
    /// <param name="note">Why the step could not be taken just now, in etcd's or the API server's words; null where it could.</param>
    public static ClusterReport Of(EtcdDesired desired, EtcdLive live, Decision<EtcdStep> decision, string? note)
    {
        var situation = EtcdPlanner.Context(desired, live);
        var phase = DecisionReport.Phase(decision, desired.Spec.Suspend);
        return new()
        {
            Cluster = live.Cluster,
            Uid = live.Record?.Incarnation ?? live.RecordGone ?? desired.KnownUid,
            Revision = desired.Source.Commit,
            Path = desired.Source.Path,
            Desired = desired.Tombstone is not null
                ? "deleted"
                : $"{desired.Spec.Size} {(desired.Spec.Size == 1 ? "member" : "members")} of {desired.Spec.Version}",
            Spec = EtcdSpecFields.Write(desired.Spec),
            Phase = phase,
            Summary = Summary(situation, phase),
            Conditions =
            [
                .. Conditions(situation, phase, decision),
                .. Protection(live),
                .. Snapshot(live),
                .. Retained(live),
                .. Deletion(situation),
            ],
            Members = [.. live.Members.Where(IsThere).Select(member => Member(situation, member))],
            CurrentStep = DecisionReport.CurrentStep(decision, step => step.Describe(live).Sentence, note),
            Remaining = DecisionReport.Remaining(decision, () => EtcdForecast.Unfold(desired, live)),
            // That a change is held back is said also while something is repaired first.
            Blocker = decision.Blocker ?? ReviewRules.WorseThanReviewed(situation)?.By,
        };
    }

    /// <summary>The entries, with what becomes of them in the mode that the cluster is in.</summary>
    public static ImmutableArray<DriftEntry> Explain(EtcdDesired desired, ImmutableArray<DriftEntry> entries) =>
        ClusterReport.Explain(entries, desired.Mode, desired.Spec.Suspend ? "nothing while spec.suspend is true" : null);

    private static string Summary(EtcdPlanningContext situation, ClusterPhase phase)
    {
        var voters = situation.Voters.Length;
        var health =
            situation.Live.Membership is null && voters == 0 ? "member list unknown" : $"{situation.HealthyVoters}/{voters} healthy";
        var size = situation.Desired.Spec.Size;
        return phase switch
        {
            ClusterPhase.Converged when situation.Desired.Tombstone is not null => situation.Live.Members.Any(m => m.Claim is not null)
                ? "deleted, its volumes are kept"
                : "deleted",
            ClusterPhase.Progressing when situation.Live.Record is { Deleted: not null } =>
                $"being deleted, {situation.Live.Members.Count(Runs)} of its members left",
            ClusterPhase.Progressing when voters != size => $"{health}, scaling {voters}→{size}",
            ClusterPhase.Progressing
                when situation.Live.Record is not null && situation.Voters.Count(situation.IsOutdated) is > 0 and var left =>
                $"{health}, restarting, {left} of {voters} left",
            ClusterPhase.Progressing => $"{health}, settling",
            ClusterPhase.Blocked => $"{health}, blocked",
            ClusterPhase.Refused => $"{health}, refused",
            ClusterPhase.Suspended => $"{health}, suspended",
            _ => health,
        };
    }

    private static ImmutableArray<Condition> Conditions(EtcdPlanningContext situation, ClusterPhase phase, Decision<EtcdStep> decision)
    {
        var voters = situation.Voters.Length;
        var healthy = situation.HealthyVoters;
        var quorum = Quorum.Of(voters);
        var writable = voters > 0 && healthy >= quorum;

        // While a new one is elected they disagree for a moment; where they keep to it, some follow another history.
        var disagree = situation is { Live.Settled: true, Leader: null } && situation.Statuses.Skip(1).Any();
        return
        [
            new("Ready", writable, writable ? "Quorum" : "NoQuorum", $"{healthy} of {voters} voters are healthy, a quorum is {quorum}"),
            new(
                "Progressing",
                phase == ClusterPhase.Progressing,
                phase.ToString(),
                phase == ClusterPhase.Progressing ? "A step is being taken or waited for" : "Nothing is being changed"
            ),
            new(
                "Degraded",
                healthy < voters || disagree,
                healthy < voters ? "VotersUnhealthy"
                    : disagree ? "LeaderUnclear"
                    : "AllHealthy",
                $"{voters - healthy} of {voters} voters are not healthy"
                    + (disagree ? ", and the members that answer do not agree on a leader" : "")
            ),
            new(
                "Accepted",
                decision is not Decision<EtcdStep>.Refused,
                decision is Decision<EtcdStep>.Refused refused ? refused.By.Rule : "Accepted",
                decision is Decision<EtcdStep>.Refused why ? why.By.Reason : "What git says is in force or on its way"
            ),
        ];
    }

    /// <summary>Said only where something is amiss: a node that is drained may take more voters than a quorum can spare.</summary>
    private static ImmutableArray<Condition> Protection(EtcdLive live) =>
        live.ServesDisruptionBudgets
            ? []
            :
            [
                new(
                    "Protected",
                    false,
                    "NoDisruptionBudgets",
                    "This API server has no PodDisruptionBudgets of policy/v1 (Kubernetes 1.21): drain one node at a time"
                ),
            ];

    private static ImmutableArray<Condition> Snapshot(EtcdLive live) =>
        live.Record is not { Snapshot: { } kept }
            ? []
            :
            [
                new(
                    "SnapshotKept",
                    true,
                    "Verified",
                    $"{kept.File} of etcd {kept.Of} is on claim {new EtcdNames(live.Cluster).SnapshotClaim}"
                ),
            ];

    private static ImmutableArray<Condition> Retained(EtcdLive live) =>
        live.RetainedVolumes.IsEmpty
            ? []
            :
            [
                new(
                    "VolumesRetained",
                    true,
                    "Replacing",
                    $"{string.Join(", ", live.RetainedVolumes.Select(kept => new EtcdNames(live.Cluster).Claim(kept.Index)))} of members "
                        + "that were replaced: they are deleted once as many members vote as are desired, and all are healthy"
                ),
            ];

    /// <summary>What a tombstone has deleted, for as long as it stands in git.</summary>
    private static ImmutableArray<Condition> Deletion(EtcdPlanningContext situation)
    {
        if (situation.Live.Record is not { Deleted: { } deleted })
        {
            return [];
        }

        var kept = situation
            .Live.Members.Where(member => member.Claim is not null && !deleted.Volumes.Contains(situation.Names.Claim(member.Index)))
            .Select(member => situation.Names.Claim(member.Index))
            .ToArray();
        return
        [
            new(
                "Deleted",
                !situation.Live.Members.Any(Runs),
                "Tombstone",
                $"members {string.Join(", ", deleted.Members)}"
                    + (deleted.Volumes.Count > 0 ? $"; volumes {string.Join(", ", deleted.Volumes)}" : "")
                    + (kept.Length > 0 ? $"; kept: volumes {string.Join(", ", kept)}" : "")
            ),
        ];
    }

    private static bool Runs(MemberLive member) => member.StatefulSet is not null || member.Pod is not null;

    private static bool IsThere(MemberLive member) => member.Entry is not null || member.StatefulSet is not null || member.Pod is not null;

    private static MemberReport Member(EtcdPlanningContext situation, MemberLive member)
    {
        var status = MemberHealth.Status(member);
        var role = member.Entry switch
        {
            null => "none",
            { IsLearner: true } => "learner",
            { } entry when situation.Leader?.Entry?.Id == entry.Id => "leader",
            _ => "voter",
        };
        var healthy = MemberHealth.IsHealthyVoter(member) || (member.Entry is { IsLearner: true } && status is not null);
        return new(situation.Name(member.Index), role, status?.Version ?? "unknown", healthy, Detail(member, status));
    }

    private static string Detail(MemberLive member, EndpointStatus? status) =>
        member switch
        {
            { Pod.DataLost: true } => "its data is gone",
            { Entry: null, StatefulSet.Terminating: true } => "has left, its pod is ending",
            { Entry: null } => "is not in etcd's member list",
            { Pod: null } => "its pod is missing",
            _ when status is null && MemberHealth.Hindrance(member) is { } reason => reason,
            { Pod.Terminating: true } => "its pod is ending",
            _ when status is { Alarms.IsEmpty: false } => $"alarms: {string.Join(", ", status.Alarms)}",
            _ when status is null && MemberHealth.IsSilentForLong(member) => "has not answered for longer than the grace period",
            _ when status is null => "does not answer",
            { Entry.IsLearner: true } => "catching up",
            _ when !MemberHealth.IsHealthyVoter(member) => "answers, but serves no linearizable read",
            _ => "healthy",
        };
}
