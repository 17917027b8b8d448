using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// A broken member is removed first and a new one added afterwards: etcd refuses an addition while a member is down, and a dead member
/// counts against the quorum as long as it is listed.
/// </summary>
internal static class RepairRules
{
    public static Decision<EtcdStep>? LearnerWithoutIntent(EtcdPlanningContext s) =>
        s.IntentIsUntouched && s.Learners.FirstOrDefault(m => s.Intent?.Index != m.Index) is { } learner
            ? Write(
                s,
                s.Record with
                {
                    Intent = new EtcdIntent.Add(learner.Index),
                },
                $"{s.Name(learner.Index)} is listed as a learner and is brought in"
            )
            : null;

    public static Decision<EtcdStep>? ReplaceWiped(EtcdPlanningContext s) =>
        s.Voters.FirstOrDefault(MemberHealth.IsWiped) is { } wiped ? Replace(s, wiped, RemovalReason.Wiped, "has lost its data") : null;

    // One silent member is that member's fault; several at once are more likely the network's, and come back by themselves.
    // One that we have restarted is silent because of what it was restarted with: another member with that would be no better.
    // One that its kubelet finds ready is silent to us alone, and has its data. One that Kubernetes does not run cannot answer.
    public static Decision<EtcdStep>? ReplaceLost(EtcdPlanningContext s) =>
        s.Hindered is { } held
            ? HinderedMember.IsReplacementApproved(s, held)
                ? Replace(s, held, RemovalReason.Lost, HinderedMember.ForGood(held))
                : null
            : s.Lost is { } lost
            && MemberHealth.IsSilentBeyondGrace(lost)
            && !(s.Intent is EtcdIntent.Update { Index: var restarted } && restarted == lost.Index)
                ? Replace(s, lost, RemovalReason.Lost, "has not answered beyond the grace period")
                : null;

    private static Decision<EtcdStep>? Replace(EtcdPlanningContext s, MemberLive broken, RemovalReason reason, string because)
    {
        var inFlight =
            s.Intent is EtcdIntent.Remove { Reason: RemovalReason.Wiped or RemovalReason.Lost }
            || s.Intent?.Index == broken.Index && s.Intent is EtcdIntent.Remove;
        if (inFlight || !s.IntentIsUntouched || broken.Entry is not { } entry)
        {
            return null;
        }

        return Gated(
            s,
            new EtcdStep.RemoveMember(broken.Index, entry.Id),
            () =>
                new EtcdStep.WriteRecord(
                    RetentionRules.Retaining(s.Record, broken) with
                    {
                        Intent = new EtcdIntent.Remove(broken.Index, entry.Id, reason),
                    },
                    $"{s.Name(broken.Index)} {because} and is replaced"
                )
        );
    }

    public static Decision<EtcdStep>? VotersAnswer(EtcdPlanningContext s)
    {
        var silent = s.Voters.Where(m => !MemberHealth.IsHealthyVoter(m)).ToArray();
        return silent.Length == 0 ? null
            : silent.Length > 1 && silent.Any(MemberHealth.IsSilentForLong)
                ? new Blocked(
                    "several-members-silent",
                    $"{s.NamesOf(silent)} do not answer at once, which looks like an outage around them rather than their own",
                    "Bring them back; a member is replaced only while all others answer"
                )
            : s.Hindered is { } held ? HinderedMember.Hindered(s, held)
            : silent.Where(m => MemberHealth.IsSilentForLong(m) && MemberHealth.IsOutOfReach(m)).ToArray() is { Length: > 0 } cut
                ? OutOfReach(s, cut)
            : new Progress($"{s.NamesOf(silent)} to answer again");
    }

    public static Decision<EtcdStep>.Blocked OutOfReach(EtcdPlanningContext s, MemberLive[] cut) =>
        new(
            "member-out-of-reach",
            $"{s.NamesOf(cut)} {(cut.Length == 1 ? "does" : "do")} not answer this operator, and the kubelet finds "
                + $"{(cut.Length == 1 ? "it" : "them")} ready: what is broken is the way there, so nothing is replaced",
            $"Let the operator reach port 2379 of {string.Join(", ", cut.Select(m => $"pod {s.Names.Pod(m.Index)}"))} (network "
                + "policies, routes); if a member is dead after all, delete its pod"
        );
}
