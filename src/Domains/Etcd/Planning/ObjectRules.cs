using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>Kubernetes objects that are missing or behind. These steps change no membership.</summary>
internal static class ObjectRules
{
    public static Decision<EtcdStep>? SharedObjects(EtcdPlanningContext s) =>
        s.Live.Shared == s.Hashes.Shared(s.Accepted, s.MinAvailable) ? null : new Act(new EtcdStep.ApplyShared(s.MinAvailable));

    // As early as possible: a member that is wiped before it is sealed could come back under its old id having forgotten its votes.
    public static Act? Seal(EtcdPlanningContext s) =>
        s.Live.Members.FirstOrDefault(m => m is { Boot.Sealed: false } && HasStartedOnce(m)) is { } member
            ? new(new EtcdStep.SealMember(member.Index))
            : null;

    private static bool HasStartedOnce(MemberLive member) => member.Entry is { Started: true } || !MemberHealth.IsSilent(member);

    public static Act? RestoreMember(EtcdPlanningContext s) =>
        s.Live.Members.FirstOrDefault(m => IsKept(s, m) && m is { StatefulSet: null } or { Boot: null } && CanHoldData(m)) is { } member
            ? new(new EtcdStep.RestoreMember(member.Index, member.Entry is not { IsLearner: true } && s.Intent is not EtcdIntent.Add))
            : null;

    /// <summary>Not on its way out, and started before: as far as is known where etcd cannot be asked.</summary>
    private static bool IsKept(EtcdPlanningContext s, MemberLive member) =>
        (s.Intent is not EtcdIntent.Remove { Index: var leaving } || leaving != member.Index)
        && !HistoryChoice.IsDiscarded(s.Desired, s.Record, member)
            ? s.Live.Membership is null
                ? s.Intent is not EtcdIntent.Add { Index: var joining } || joining != member.Index
                : member.Entry is { Started: true }
            : false;

    private static bool CanHoldData(MemberLive member) =>
        member.StatefulSet is not { Terminating: true }
        && (member.Claim is { Terminating: false } || member.Pod is { Terminating: false, Phase: PodPhase.Running });

    /// <summary>
    /// What is left of a member goes: its StatefulSet, then, when nothing of it writes any more, its volume. Null where nothing is left to
    /// delete.
    /// </summary>
    /// <param name="whose">What is said of a pod that nothing stops.</param>
    public static Decision<EtcdStep>? DeleteObjects(EtcdPlanningContext s, MemberLive member, bool withClaim, string whose) =>
        member switch
        {
            { StatefulSet: { Terminating: false } or null } when member is { StatefulSet: not null } or { Boot: not null } => new Act(
                new EtcdStep.DeleteMember(member.Index, member.StatefulSet?.Uid)
            ),
            { StatefulSet: null, Pod.Terminating: false } => new Blocked(
                "pod-without-statefulset",
                $"pod {s.Names.Pod(member.Index)} {whose}, and nothing stops it: its StatefulSet was deleted without it",
                $"Delete the pod: kubectl --namespace {s.Names.Cluster.Namespace} delete pod {s.Names.Pod(member.Index)}"
            ),
            { Pod.StuckOn: { } node } => new Blocked(
                "pod-does-not-end",
                $"pod {s.Names.Pod(member.Index)} was told to end, and node {node} does not say that it has: the node is lost or cut "
                    + "off, and the pod may still run there",
                $"Bring the node back; or if it is gone for good: kubectl --namespace {s.Names.Cluster.Namespace} delete pod "
                    + $"{s.Names.Pod(member.Index)} --force --grace-period=0"
            ),
            { StatefulSet: not null } or { Pod: not null } => new Progress($"pod {s.Names.Pod(member.Index)} to end"),
            { Claim: { Terminating: false } claim } => withClaim ? new Act(new EtcdStep.DeleteClaim(member.Index, claim.Uid)) : null,
            { Claim: not null } => new Progress($"claim {s.Names.Claim(member.Index)} to be gone"),
            _ => null,
        };

    public static Act? ClientLabels(EtcdPlanningContext s)
    {
        var admit = s.Voters.FirstOrDefault(m =>
            MemberHealth.IsHealthyVoter(m)
            && m is { Boot.Sealed: true, StatefulSet: { Terminating: false }, Pod: { Terminating: false } }
            && !(m.StatefulSet.VoterRole && m.Pod.VoterRole)
        );
        var withdraw = s.Learners.FirstOrDefault(m => m.StatefulSet is { VoterRole: true } || m.Pod is { VoterRole: true });
        return admit is not null ? new(new EtcdStep.AddToClientService(admit.Index))
            : withdraw is not null ? new(new EtcdStep.RemoveFromClientService(withdraw.Index))
            : null;
    }
}
