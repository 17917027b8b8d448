using System.Collections.Immutable;
using GitOpsOperator.Drift.Etcd;
using static GitOpsOperator.Reconcile.Decision<GitOpsOperator.Reconcile.Etcd.EtcdStep>;

namespace GitOpsOperator.Reconcile.Etcd;

/// <summary>
/// A membership change that the record announces is finished before anything else is begun. How far it got is read from etcd's list
/// and the objects, never from the record, so it does not matter where the operator was stopped.
/// </summary>
public static partial class EtcdPlanner
{
    private static Decision<EtcdStep>? AdditionInFlight(EtcdSituation s) =>
        s.Intent is not EtcdIntent.Add { Index: var index } ? null
        : (s.Member(index) ?? new MemberLive(index)) switch
        {
            { Entry: null } gone when EtcdSituation.HasObjects(gone) =>
                GiveUpJoining(s, gone, RemovalReason.Departed, "was removed by someone else while it joined"),
            { Entry: null } => Gated(s, new EtcdStep.AddLearner(index)),
            { Entry.IsLearner: false } => Write(s, s.Record with { Intent = null, FailedJoins = 0 }, $"{s.Name(index)} is a voter"),
            var learner => Join(s, learner, learner.Entry!),
        };

    private static Decision<EtcdStep> Join(EtcdSituation s, MemberLive learner, MemberEntry entry) => learner switch
    {
        _ when EtcdSituation.IsWiped(learner) => GiveUpJoining(s, learner, RemovalReason.Wiped, "has lost its data while it joined"),
        _ when EtcdSituation.IsSilentBeyondGrace(learner) => GiveUpJoining(s, learner, RemovalReason.Lost, $"never joined{Circumstances([learner])}"),
        { StatefulSet.Terminating: true } => new Progress($"StatefulSet {s.Name(learner.Index)} to be gone before it is made anew"),
        { StatefulSet: null } or { Boot: null } when !entry.Started =>
            new Act(new EtcdStep.StartMember(learner.Index, s.Live.Membership?.Entries ?? ImmutableArray<MemberEntry>.Empty)),
        _ when EtcdSituation.IsSilent(learner) || !entry.Started => new Progress($"{s.Name(learner.Index)} to start as a learner"),
        _ when HasCaughtUp(s, learner) => Gated(s, new EtcdStep.PromoteLearner(learner.Index, entry.Id)),
        _ => new Progress($"{s.Name(learner.Index)} to catch up with the leader"),
    };

    // etcd's own bar is nine tenths of the leader's log. Asking earlier is harmless but would be refused.
    private static bool HasCaughtUp(EtcdSituation s, MemberLive learner) =>
        EtcdSituation.Status(learner) is { } own && s.Leader is { } leader && EtcdSituation.Status(leader) is { } leading
        && own.RaftIndex >= leading.RaftIndex / 10.0 * 9;

    private static Decision<EtcdStep> GiveUpJoining(EtcdSituation s, MemberLive learner, RemovalReason reason, string because) => Write(
        s,
        s.Record with { Intent = new EtcdIntent.Remove(learner.Index, learner.Entry?.Id ?? 0, reason), FailedJoins = s.Record.FailedJoins + 1 },
        $"{s.Name(learner.Index)} {because} and is removed");

    private static Decision<EtcdStep>? RemovalInFlight(EtcdSituation s) =>
        s.Intent is not EtcdIntent.Remove remove ? null
        : (s.Member(remove.Index) ?? new MemberLive(remove.Index)) switch
        {
            { Entry: { } entry } when entry.Id != remove.MemberId => new Blocked(
                "member-added-by-hand",
                $"etcd lists {s.Name(remove.Index)} under another id than the one that was to be removed: someone added it again",
                $"Remove it with etcdctl member remove {entry.Id:x}"),
            { Entry: not null } member => Leave(s, member, remove),
            var member => DeleteObjects(s, member, withClaim: true, "is of a member that etcd no longer lists")
                ?? Write(s, s.Record with { Intent = null }, $"{s.Name(remove.Index)} is gone"),
        };

    private static Decision<EtcdStep> Leave(EtcdSituation s, MemberLive member, EtcdIntent.Remove remove)
    {
        if (remove.Reason == RemovalReason.Lost && (EtcdSituation.IsHealthyVoter(member) || EtcdSituation.IsOutOfReach(member)))
        {
            return Write(s, s.Record with { Intent = null }, $"{s.Name(member.Index)} answers again{(EtcdSituation.IsOutOfReach(member) ? ", though not us," : "")} and stays");
        }

        if (remove.Reason == RemovalReason.Lost && member.Entry is { IsLearner: true } && !EtcdSituation.IsSilent(member))
        {
            return Write(s, s.Record with { Intent = new EtcdIntent.Add(member.Index) }, $"{s.Name(member.Index)} answers after all and goes on joining");
        }

        // Someone else may have removed another member meanwhile; this one would then be one too many.
        if (remove.Reason == RemovalReason.Shrink && s.Voters.Length <= s.Size)
        {
            return Write(s, s.Record with { Intent = null }, $"{s.Name(member.Index)} stays: {s.Size} are left already");
        }

        // The gate is asked first: clients and leadership are taken away only from a member that can then also leave.
        return Gated(s, new EtcdStep.RemoveMember(member.Index, remove.MemberId), () =>
            member.StatefulSet is { VoterRole: true } || member.Pod is { VoterRole: true } ? new EtcdStep.WithdrawVoter(member.Index)
            : s.Leader is { } leader && leader.Index == member.Index && Successor(s, leader) is { Entry: { } to } successor
                ? new EtcdStep.MoveLeader(leader.Index, remove.MemberId, successor.Index, to.Id)
            : new EtcdStep.RemoveMember(member.Index, remove.MemberId));
    }

    /// <summary>The voter with the longest log: it has least to catch up before it can lead.</summary>
    private static MemberLive? Successor(EtcdSituation s, MemberLive leader) =>
        s.Voters.Where(m => m.Index != leader.Index && EtcdSituation.IsHealthyVoter(m))
            .OrderByDescending(m => EtcdSituation.Status(m)!.RaftIndex).ThenBy(m => m.Index).FirstOrDefault();
}
