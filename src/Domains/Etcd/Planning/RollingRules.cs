using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// A change of what the pods are made from: version, image, resources. Followers first; leadership moves to a member that has it already;
/// the old leader last; one member at a time, and the next only when the last one is back, healthy, caught up and as desired.
/// </summary>
internal static class RollingRules
{
    /// <summary>
    /// Entries by which a member may be behind the leader and count as caught up: no more than go by between two answers.
    /// </summary>
    private const ulong CaughtUpWithin = 1000;

    public static Decision<EtcdStep>? Roll(EtcdPlanningContext s)
    {
        var outdated = s.Voters.Where(s.IsOutdated).ToArray();

        // Fewer than desired and an even number: one was lost, or an addition is half way. One or two can spare none, and four no more than
        // three can, so the next one is added first.
        if (outdated.Length == 0 || (s.Voters.Length < s.Size && (s.Voters.Length <= 2 || s.Voters.Length % 2 == 0)))
        {
            return null;
        }

        if (RepairRules.VotersAnswer(s) is { } unhealthy)
        {
            return unhealthy;
        }

        if (SnapshotRules.SnapshotFirst(s) is { } snapshot)
        {
            return snapshot;
        }

        if (s.Accepted.Spec.Storage is EtcdStorage.Ephemeral)
        {
            return Exchange(s, outdated);
        }

        var next = outdated.FirstOrDefault(m => m.Index != s.Leader?.Index) ?? outdated[0];
        return next.Index == s.Leader?.Index && Updated(s, next) is { Entry: { } to } successor
            ? Gated(s, new EtcdStep.MoveLeader(next.Index, next.Entry!.Id, successor.Index, to.Id))
            : Gated(
                s,
                Update(s, next),
                () =>
                    new EtcdStep.WriteRecord(
                        s.Record with
                        {
                            Intent = new EtcdIntent.Update(next.Index, MemberHealth.VersionOf(next)),
                        },
                        $"{s.Name(next.Index)} is restarted"
                    )
            );
    }

    /// <summary>
    /// Without a claim a member's data goes with its pod, so members are exchanged instead: a new one joins, then one of the old leaves.
    /// There is one more of them meanwhile, never one fewer.
    /// </summary>
    private static Decision<EtcdStep>? Exchange(EtcdPlanningContext s, MemberLive[] outdated)
    {
        if (s.Voters.Length <= s.Size)
        {
            return ScalingRules.Add(s);
        }

        var victim = outdated.LastOrDefault(m => m.Index != s.Leader?.Index) ?? outdated[^1];
        return Gated(
            s,
            new EtcdStep.RemoveMember(victim.Index, victim.Entry!.Id),
            () =>
                new EtcdStep.WriteRecord(
                    s.Record with
                    {
                        Intent = new EtcdIntent.Remove(victim.Index, victim.Entry!.Id, RemovalReason.Shrink),
                    },
                    $"{s.Name(victim.Index)} leaves"
                )
        );
    }

    public static Decision<EtcdStep>? UpdateInFlight(EtcdPlanningContext s)
    {
        if (s.Intent is not EtcdIntent.Update { Index: var index })
        {
            return null;
        }

        var version = s.Accepted.Spec.Version;
        return s.Voters.FirstOrDefault(m => m.Index == index) switch
        {
            null => Write(s, s.Record with { Intent = null }, $"{s.Name(index)} is no longer a voter"),
            var member when s.IsOutdated(member) && s.Voters.Length > 1 && s.Leader?.Index == index => LeadsNow(s, member),
            var member when s.IsOutdated(member) => Gated(s, Update(s, member)),
            var member when !MemberHealth.IsHealthyVoter(member) => new Progress($"{s.Name(index)} to come back with {version}"),
            var member when MemberHealth.VersionOf(member) != version => new Blocked(
                "another-version-answers",
                $"{s.Name(index)} runs {member.Pod?.Image ?? "its image"} and answers as etcd {MemberHealth.Status(member)!.Version}, "
                    + $"not as {version}",
                "Give the version that this image holds, or an image that holds this version"
            ),
            var member when !IsCaughtUp(s, member) => new Progress($"{s.Name(index)} to catch up with the leader"),
            _ => Write(s, s.Record with { Intent = null }, $"{s.Name(index)} is back with {version}"),
        };
    }

    /// <summary>
    /// It has come to lead since its turn was announced. Nothing of it has been taken down, so its turn can be given to another.
    /// </summary>
    private static Decision<EtcdStep> LeadsNow(EtcdPlanningContext s, MemberLive member) =>
        Updated(s, member) is { Entry: { } to } successor
            ? Gated(s, new EtcdStep.MoveLeader(member.Index, member.Entry!.Id, successor.Index, to.Id))
            : Write(s, s.Record with { Intent = null }, $"{s.Name(member.Index)} leads now, so its turn comes later");

    /// <summary>
    /// Asked before the member list is needed: of one or two members a restarted one may be the missing quorum, and then only this can
    /// bring it back. A newer document is the remediation, so it is taken over first.
    /// </summary>
    public static Decision<EtcdStep>? UpdateFailed(EtcdPlanningContext s)
    {
        if (s.Intent is not EtcdIntent.Update { Index: var index } || s.Member(index) is not { } member || !MemberHealth.IsSilent(member))
        {
            return null;
        }

        var version = s.Accepted.Spec.Version;
        if (!MemberHealth.IsSilentForLong(member))
        {
            return s.Live.Membership is null ? new Progress($"{s.Name(index)} to come back with {version}") : null;
        }

        // What runs nowhere costs nothing to restart; whether it runs is the kubelet's word, not our own network's.
        return MemberHealth.IsWiped(member) ? null
            : ScalingRules.AcceptDesired(s) is { } newer ? newer
            : VersionChangeRules.ChangeRefused(s) is { } refused ? refused
            : MemberHealth.IsOutOfReach(member)
                ? s.Live.Membership is null ? null
                    : RepairRules.OutOfReach(s, [member])
            : s.IsOutdated(member) && VersionChangeRules.VersionRefusal(s, version) is { } far ? new Blocked(far)
            : s.IsOutdated(member)
                ? s.Live.Membership is null && member.Pod is null or { Fault: not null } ? new Act(Update(s, member))
                    : null
            : s.Hindered?.Index == index && HinderedMember.IsReplacementApproved(s, member) ? null
            : s.Hindered?.Index == index && MemberHealth.NodeNotReadyReason(member) is not null ? HinderedMember.Hindered(s, member)
            : member.Pod is { Terminating: true, StuckOn: null } ? new Progress($"pod {s.Names.Pod(index)} to end")
            : new Blocked(
                "update-failed",
                $"{s.Name(index)} does not come back with {version}: {Why(member)}; no other member is touched",
                MemberHealth.NodeNotReadyReason(member) is not null || member is { Pod: { Phase: PodPhase.Pending, Fault: null } }
                    ? "It resumes automatically once the pod runs; its events say what it waits for"
                    : "Put the former version or fields back in git, and the member is restarted with them; where that is refused, "
                        + "delete its StatefulSet and its claim, and a new member takes its place"
            );
    }

    private static string Why(MemberLive member)
    {
        var why = member.Pod switch
        {
            _ when MemberHealth.NodeNotReadyReason(member) is { } reason => reason,
            null => "its StatefulSet's controller makes no pod",
            { Fault: { } fault } => fault,
            { WaitingReason: { } reason } => reason,
            { Phase: var phase } => $"it has not answered beyond the grace period, and its pod is {phase.ToString().ToLowerInvariant()}",
        };
        return $"{why}{MemberCircumstances.LastWords([member])}";
    }

    private static EtcdStep.UpdateMember Update(EtcdPlanningContext s, MemberLive member)
    {
        var (from, to) = (MemberHealth.VersionOf(member), s.Accepted.Spec.Version);
        var others = s.Voters.Where(m => m.Index != member.Index).Select(MemberHealth.VersionOf).OfType<EtcdVersion>();
        var last =
            from is { } old
            && EtcdVersionRules.RaisesClusterVersion(old, to)
            && others.All(other => !EtcdVersionRules.RaisesClusterVersion(other, to));
        return new(member.Index, from, to, last);
    }

    /// <summary>The voter that has the change already and the longest log.</summary>
    private static MemberLive? Updated(EtcdPlanningContext s, MemberLive except) =>
        s
            .Voters.Where(m => m.Index != except.Index && MemberHealth.IsHealthyVoter(m) && !s.IsOutdated(m))
            .OrderByDescending(m => MemberHealth.Status(m)!.RaftIndex)
            .ThenBy(m => m.Index)
            .FirstOrDefault();

    private static bool IsCaughtUp(EtcdPlanningContext s, MemberLive member) =>
        s.Leader is { } leader
        && MemberHealth.Status(leader) is { } leading
        && MemberHealth.Status(member) is { } own
        && own.AppliedIndex + CaughtUpWithin >= leading.RaftIndex;
}
