using GitOpsOperator.Drift.Etcd;
using static GitOpsOperator.Reconcile.Decision<GitOpsOperator.Reconcile.Etcd.EtcdStep>;

namespace GitOpsOperator.Reconcile.Etcd;

/// <summary>Kubernetes objects that are missing or behind. These steps change no membership.</summary>
public static partial class EtcdPlanner
{
    private static Decision<EtcdStep>? SharedObjects(EtcdSituation s) =>
        s.Live.Shared == s.Hashes.Shared(s.Accepted, s.MinAvailable) ? null : new Act(new EtcdStep.ApplyShared(s.MinAvailable));

    // As early as possible: a member that is wiped before it is sealed could come back under its old id having forgotten its votes.
    private static Act? Seal(EtcdSituation s) =>
        s.Live.Members.FirstOrDefault(m => m is { Boot.Sealed: false } && HasStartedOnce(m)) is { } member
            ? new(new EtcdStep.SealMember(member.Index))
            : null;

    private static bool HasStartedOnce(MemberLive member) => member.Entry is { Started: true } || !EtcdSituation.IsSilent(member);

    private static Act? RestoreMember(EtcdSituation s) =>
        s.Live.Members.FirstOrDefault(m => IsKept(s, m) && m is { StatefulSet: null } or { Boot: null } && CanHoldData(m)) is { } member
            ? new(new EtcdStep.RestoreMember(member.Index, member.Entry is not { IsLearner: true } && s.Intent is not EtcdIntent.Add))
            : null;

    /// <summary>Not on its way out, and started before: as far as is known where etcd cannot be asked.</summary>
    private static bool IsKept(EtcdSituation s, MemberLive member) =>
        s.Intent is not EtcdIntent.Remove { Index: var leaving } || leaving != member.Index
            ? s.Live.Membership is null
                ? s.Intent is not EtcdIntent.Add { Index: var joining } || joining != member.Index
                : member.Entry is { Started: true }
            : false;

    private static bool CanHoldData(MemberLive member) =>
        member.StatefulSet is not { Terminating: true } && (member.Claim is { Terminating: false } || member.Pod is { Terminating: false, Phase: PodPhase.Running });

    private static Act? ClientLabels(EtcdSituation s)
    {
        var admit = s.Voters.FirstOrDefault(m =>
            EtcdSituation.IsHealthyVoter(m) && m is { Boot.Sealed: true, StatefulSet: { Terminating: false }, Pod: { Terminating: false } }
            && !(m.StatefulSet.VoterRole && m.Pod.VoterRole));
        var withdraw = s.Learners.FirstOrDefault(m => m.StatefulSet is { VoterRole: true } || m.Pod is { VoterRole: true });
        return admit is not null ? new(new EtcdStep.AdmitVoter(admit.Index))
            : withdraw is not null ? new(new EtcdStep.WithdrawVoter(withdraw.Index))
            : null;
    }
}
