using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// A membership change that the record announces is finished before anything else is begun. How far it got is read from etcd's list
/// and the objects, never from the record, so it does not matter where the operator was stopped.
/// </summary>
internal static class InFlightRules
{
    public static Decision<EtcdStep>? AdditionInFlight(EtcdPlanningContext s) =>
        s.Intent is not EtcdIntent.Add { Index: var index }
            ? null
            : (s.Member(index) ?? new MemberLive(index)) switch
            {
                { Entry: null } gone when MemberHealth.HasObjects(gone) => GiveUpJoining(
                    s,
                    gone,
                    RemovalReason.Departed,
                    "was removed by someone else while it joined"
                ),
                { Entry: null } => Gated(s, new EtcdStep.AddLearner(index)),
                { Entry.IsLearner: false } => Write(s, s.Record with { Intent = null, FailedJoins = 0 }, $"{s.Name(index)} is a voter"),
                var learner => Join(s, learner, learner.Entry!),
            };

    private static Decision<EtcdStep> Join(EtcdPlanningContext s, MemberLive learner, MemberEntry entry) =>
        learner switch
        {
            _ when MemberHealth.IsWiped(learner) => GiveUpJoining(s, learner, RemovalReason.Wiped, "has lost its data while it joined"),
            _ when MemberHealth.IsSilentBeyondGrace(learner) => GiveUpJoining(
                s,
                learner,
                RemovalReason.Lost,
                $"never joined{MemberCircumstances.Circumstances([learner])}"
            ),
            { StatefulSet.Terminating: true } => new Progress($"StatefulSet {s.Name(learner.Index)} to be gone before it is recreated"),
            { StatefulSet: null } or { Boot: null } when !entry.Started => new Act(
                new EtcdStep.StartMember(learner.Index, s.Live.Membership?.Entries ?? ImmutableArray<MemberEntry>.Empty)
            ),
            _ when MemberHealth.Hindrance(learner) is { } reason => HeldUpJoining(s, learner, reason),
            _ when MemberHealth.IsSilent(learner) || !entry.Started => new Progress($"{s.Name(learner.Index)} to start as a learner"),
            _ when HasCaughtUp(s, learner) => Gated(s, new EtcdStep.PromoteLearner(learner.Index, entry.Id)),
            _ => new Progress($"{s.Name(learner.Index)} to catch up with the leader"),
        };

    /// <summary>
    /// Another one would not be started either, so it is waited for. It makes way for what cannot wait: while it is listed no other
    /// member is replaced, and no newer document taken over.
    /// </summary>
    private static Decision<EtcdStep> HeldUpJoining(EtcdPlanningContext s, MemberLive learner, string reason) =>
        s.Voters.Any(m => MemberHealth.IsWiped(m) || MemberHealth.IsSilentForLong(m)) || IsNewerWaiting(s)
            ? GiveUpJoining(s, learner, RemovalReason.Lost, $"does not run ({reason}), makes way")
            : new Blocked(
                MemberHealth.NodeNotReadyReason(learner) is not null ? "member-without-node" : "member-cannot-start",
                $"{s.Name(learner.Index)} is to join and does not run: {reason}",
                "Fix what Kubernetes names (image, registry, storage, room on the nodes; see the events of pod "
                    + $"{s.Names.Pod(learner.Index)}), "
                    + "and it resumes automatically; or commit what can be started: the newcomer then makes way"
            );

    private static bool IsNewerWaiting(EtcdPlanningContext s) =>
        ScalingRules.AcceptDesired(s with { Live = s.Live with { Record = s.Record with { Intent = null } } })
            is Act { Step: EtcdStep.WriteRecord { Record.Accepted: var accepted } }
        && accepted == s.Desired.Source
        && accepted != s.Record.Accepted;

    // etcd's own bar is nine tenths of the leader's log. Asking earlier is harmless but would be refused.
    private static bool HasCaughtUp(EtcdPlanningContext s, MemberLive learner) =>
        MemberHealth.Status(learner) is { } own
        && s.Leader is { } leader
        && MemberHealth.Status(leader) is { } leading
        && own.RaftIndex >= leading.RaftIndex / 10.0 * 9;

    private static Decision<EtcdStep> GiveUpJoining(EtcdPlanningContext s, MemberLive learner, RemovalReason reason, string because) =>
        Write(
            s,
            s.Record with
            {
                Intent = new EtcdIntent.Remove(learner.Index, learner.Entry?.Id ?? 0, reason),
                FailedJoins = Math.Min(s.Record.FailedJoins + 1, EtcdRecord.MaxFailedJoins),
            },
            $"{s.Name(learner.Index)} {because} and is removed"
        );

    public static Decision<EtcdStep>? RemovalInFlight(EtcdPlanningContext s) =>
        s.Intent is not EtcdIntent.Remove remove
            ? null
            : (s.Member(remove.Index) ?? new MemberLive(remove.Index)) switch
            {
                { Entry: { } entry } when entry.Id != remove.MemberId => new Blocked(
                    "member-added-by-hand",
                    $"etcd lists {s.Name(remove.Index)} under another id than the one that was to be removed: someone added it again",
                    $"Remove it with etcdctl member remove {entry.Id:x}"
                ),
                { Entry: not null } member => Leave(s, member, remove),
                var gone => ObjectRules.DeleteObjects(
                    s,
                    gone,
                    withClaim: !RetentionRules.IsRetained(s, gone),
                    "is of a member that etcd no longer lists"
                ) ?? Write(s, s.Record with { Intent = null }, $"{s.Name(gone.Index)} is gone"),
            };

    private static Decision<EtcdStep> Leave(EtcdPlanningContext s, MemberLive member, EtcdIntent.Remove remove)
    {
        if (StillThere(s, member, remove.Reason) is { } spared)
        {
            return spared;
        }

        if (remove.Reason == RemovalReason.Lost && member.Entry is { IsLearner: true } && !MemberHealth.IsSilent(member))
        {
            return Write(
                s,
                s.Record with
                {
                    Intent = new EtcdIntent.Add(member.Index),
                },
                $"{s.Name(member.Index)} answers after all and continues to join"
            );
        }

        if (remove.Reason == RemovalReason.Discarded && !HistoryChoice.IsDiscarded(s.Desired, s.Record, member))
        {
            return Write(s, s.Record with { Intent = null }, $"{s.Name(member.Index)} stays: that it is discarded is approved no longer");
        }

        // Someone else may have removed another member meanwhile; this one would then be one too many.
        if (remove.Reason == RemovalReason.Shrink && s.Voters.Length <= s.Size)
        {
            return Write(s, s.Record with { Intent = null }, $"{s.Name(member.Index)} stays: {s.Size} are left already");
        }

        // The gate is asked first: clients and leadership are taken away only from a member that can then also leave.
        return Gated(
            s,
            new EtcdStep.RemoveMember(member.Index, remove.MemberId),
            () =>
                member.StatefulSet is { VoterRole: true } || member.Pod is { VoterRole: true }
                    ? new EtcdStep.RemoveFromClientService(member.Index)
                : s.Leader is { } leader && leader.Index == member.Index && Successor(s, leader) is { Entry: { } to } successor
                    ? new EtcdStep.MoveLeader(leader.Index, remove.MemberId, successor.Index, to.Id)
                : new EtcdStep.RemoveMember(member.Index, remove.MemberId)
        );
    }

    /// <summary>
    /// Why a voter was to be replaced is looked at again before it is: an operator that has just started has seen no silence yet, and
    /// what was wrong may be over. Null where it still holds.
    /// </summary>
    private static Decision<EtcdStep>? StillThere(EtcdPlanningContext s, MemberLive member, RemovalReason reason)
    {
        if (reason is not (RemovalReason.Lost or RemovalReason.Wiped) || member.Entry is not { IsLearner: false })
        {
            return null;
        }

        return !MemberHealth.IsSilent(member) ? Stays("answers again")
            : MemberHealth.IsWiped(member) ? null
            : MemberHealth.IsOutOfReach(member) ? Stays("answers again, though not us,")
            : HinderedMember.IsReplacementApproved(s, member) ? null
            : MemberHealth.Hindrance(member) is { } hindrance ? Stays($"cannot answer ({hindrance})")
            : MemberHealth.IsSilentBeyondGrace(member) ? null
            : new Progress($"{s.Name(member.Index)} to answer again, or to be silent beyond the grace period");

        Decision<EtcdStep> Stays(string why) =>
            Write(s, RetentionRules.NoLonger(s.Record, member.Index) with { Intent = null }, $"{s.Name(member.Index)} {why} and stays");
    }

    /// <summary>The voter with the longest log: it has least to catch up before it can lead.</summary>
    private static MemberLive? Successor(EtcdPlanningContext s, MemberLive leader) =>
        s
            .Voters.Where(m => m.Index != leader.Index && MemberHealth.IsHealthyVoter(m))
            .OrderByDescending(m => MemberHealth.Status(m)!.RaftIndex)
            .ThenBy(m => m.Index)
            .FirstOrDefault();
}
