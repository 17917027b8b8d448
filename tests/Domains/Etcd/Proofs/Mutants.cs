using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>Planners that are wrong in one way each, to see that the properties notice.</summary>
internal static class Mutants
{
    public static readonly Dictionary<string, Func<EtcdDesired, EtcdLive, Decision<EtcdStep>>> ByName = new()
    {
        [nameof(GateOff)] = GateOff,
        [nameof(TwoLearners)] = TwoLearners,
        [nameof(HealthyFirst)] = HealthyFirst,
        [nameof(StartsUnsealedAgain)] = StartsUnsealedAgain,
        [nameof(PromotesAtOnce)] = PromotesAtOnce,
        [nameof(StopsBeforeRemoving)] = StopsBeforeRemoving,
        [nameof(ForgetsItsIntent)] = ForgetsItsIntent,
        [nameof(NeverRestores)] = NeverRestores,
        [nameof(LeaderFirst)] = LeaderFirst,
        [nameof(RestartsUnannounced)] = RestartsUnannounced,
        [nameof(AcceptsAnyVersion)] = AcceptsAnyVersion,
        [nameof(BelievesItsOwnEyesAlone)] = BelievesItsOwnEyesAlone,
        [nameof(ForgetsNodes)] = ForgetsNodes,
        [nameof(BelievesAnyList)] = BelievesAnyList,
        [nameof(DeletesWhatAnyListLacks)] = DeletesWhatAnyListLacks,
        [nameof(BelievesLastWords)] = BelievesLastWords,
        [nameof(CountsWhatCouldNotAnswer)] = CountsWhatCouldNotAnswer,
        [nameof(RemovesBeforeMoving)] = RemovesBeforeMoving,
        [nameof(ServesLearners)] = ServesLearners,
        [nameof(TakesTheEndingForBack)] = TakesTheEndingForBack,
        [nameof(CountsTheEnding)] = CountsTheEnding,
        [nameof(RemovesWhoAnswersAgain)] = RemovesWhoAnswersAgain,
        [nameof(PromotesAtHalf)] = PromotesAtHalf,
        [nameof(NeverSealsTheSeed)] = NeverSealsTheSeed,
        [nameof(RetainsNothing)] = RetainsNothing,
        [nameof(ReleasesEarly)] = ReleasesEarly,
    };

    public static Decision<EtcdStep> GateOff(EtcdDesired desired, EtcdLive live) =>
        EtcdPlanner.Decide(desired, live, Scene.Hashes, (_, _) => new GateResult([])).Decision;

    public static Decision<EtcdStep> TwoLearners(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.StartMember start } => new Decision<EtcdStep>.Act(
                new EtcdStep.AddLearner(start.Index + 1)
            ),
            var right => right,
        };

    public static Decision<EtcdStep> HealthyFirst(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.RemoveMember removal }
                when live.Members.FirstOrDefault(m => m.Index != removal.Index && MemberHealth.IsHealthyVoter(m))
                    is { Entry: { } healthy } other => new Decision<EtcdStep>.Act(new EtcdStep.RemoveMember(other.Index, healthy.Id)),
            var right => right,
        };

    /// <summary>Takes whom it cannot reach for dead, whatever the kubelet says.</summary>
    public static Decision<EtcdStep> BelievesItsOwnEyesAlone(EtcdDesired desired, EtcdLive live) =>
        Seeing(desired, live, m => MemberHealth.IsSilent(m) && m.Pod is { } pod ? m with { Pod = pod with { Ready = false } } : m);

    /// <summary>Takes a member for dead whose node does not run it.</summary>
    public static Decision<EtcdStep> ForgetsNodes(EtcdDesired desired, EtcdLive live) =>
        Seeing(
            desired,
            live,
            m => m.Pod is { } pod ? m with { Pod = pod with { NodeNotReadyReason = null }, Endpoint = BeyondGrace(m) } : m
        );

    /// <summary>Takes a member for dead that Kubernetes did not run.</summary>
    public static Decision<EtcdStep> CountsWhatCouldNotAnswer(EtcdDesired desired, EtcdLive live) =>
        Seeing(desired, live, m => m.Pod is { NodeNotReadyReason: not null } ? m : m with { Endpoint = BeyondGrace(m) });

    /// <summary>Takes whom a list lacks for gone, whoever gave it.</summary>
    public static Decision<EtcdStep> BelievesAnyList(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Blocked { By.Rule: "two-histories" or "departure-unconfirmed" }
                when live.Record is { Intent: null } record
                    && live.Members.FirstOrDefault(m => m.Entry is null && MemberHealth.HasObjects(m)) is { } unlisted =>
                new Decision<EtcdStep>.Act(
                    new EtcdStep.WriteRecord(
                        record with
                        {
                            Intent = new EtcdIntent.Remove(unlisted.Index, 0, RemovalReason.Departed),
                        },
                        "not listed"
                    )
                ),
            var right => right,
        };

    /// <summary>Deletes what was announced to leave as soon as any list lacks it.</summary>
    public static Decision<EtcdStep> DeletesWhatAnyListLacks(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            not Decision<EtcdStep>.Act
                when live.Record?.Intent is EtcdIntent.Remove { Index: var leaving }
                    && live.Members.FirstOrDefault(m => m.Index == leaving) is { Entry: null, StatefulSet: { Terminating: false } set } =>
                new Decision<EtcdStep>.Act(new EtcdStep.DeleteMember(leaving, set.Uid)),
            var right => right,
        };

    /// <summary>Takes words that stand in the pod for what its container says now.</summary>
    public static Decision<EtcdStep> BelievesLastWords(EtcdDesired desired, EtcdLive live) =>
        Seeing(
            desired,
            live,
            m =>
                m is { Boot.Sealed: true, Pod: { Ready: false, TerminationMessage: not null } pod }
                    ? m with
                    {
                        Pod = pod with { DataLost = true },
                    }
                    : m
        );

    /// <summary>What the right planner decides on members that are seen otherwise.</summary>
    private static Decision<EtcdStep> Seeing(EtcdDesired desired, EtcdLive live, Func<MemberLive, MemberLive> otherwise) =>
        Scene.Next(desired, live with { Members = [.. live.Members.Select(otherwise)] });

    private static EndpointLive BeyondGrace(MemberLive member) =>
        MemberHealth.IsSilentForLong(member) ? new EndpointLive.Unreachable(true) : member.Endpoint;

    /// <summary>Starts a member with its first boot again when its objects are lost, instead of a sealed one.</summary>
    public static Decision<EtcdStep> StartsUnsealedAgain(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.RestoreMember restore } when live.Membership is { } membership =>
                new Decision<EtcdStep>.Act(new EtcdStep.StartMember(restore.Index, membership.Entries)),
            var right => right,
        };

    public static Decision<EtcdStep> PromotesAtOnce(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Progress
                when live.Members.FirstOrDefault(m => m.Entry is { IsLearner: true }) is { Entry: { } entry } learner =>
                new Decision<EtcdStep>.Act(new EtcdStep.PromoteLearner(learner.Index, entry.Id)),
            var right => right,
        };

    public static Decision<EtcdStep> StopsBeforeRemoving(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.RemoveMember removal }
                when live.Members.FirstOrDefault(m => m.Index == removal.Index) is { StatefulSet: { Terminating: false } set } =>
                new Decision<EtcdStep>.Act(new EtcdStep.DeleteMember(removal.Index, set.Uid)),
            var right => right,
        };

    /// <summary>Takes a leader that is to leave out of the list instead of having it hand over.</summary>
    public static Decision<EtcdStep> RemovesBeforeMoving(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.MoveLeader move }
                when live.Record?.Intent is EtcdIntent.Remove { MemberId: var id } && id == move.FromId => new Decision<EtcdStep>.Act(
                new EtcdStep.RemoveMember(move.FromIndex, move.FromId)
            ),
            var right => right,
        };

    /// <summary>Sends clients to a member as soon as it is listed and runs.</summary>
    public static Decision<EtcdStep> ServesLearners(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Progress
                when live.Members.FirstOrDefault(m => m is { Entry.IsLearner: true, StatefulSet.VoterRole: false, Pod: not null })
                    is { } learner => new Decision<EtcdStep>.Act(new EtcdStep.AddToClientService(learner.Index)),
            var right => right,
        };

    /// <summary>Takes a member for back that still answers from the pod that was told to end.</summary>
    public static Decision<EtcdStep> TakesTheEndingForBack(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Progress
                when live.Record is { Intent: EtcdIntent.Update { Index: var index } } record
                    && live.Members.FirstOrDefault(m => m.Index == index) is { Pod.Terminating: true, Endpoint: EndpointLive.Reachable } =>
                new Decision<EtcdStep>.Act(new EtcdStep.WriteRecord(record with { Intent = null }, "back")),
            var right => right,
        };

    /// <summary>Counts whoever answers, though its pod has been told to end.</summary>
    public static Decision<EtcdStep> CountsTheEnding(EtcdDesired desired, EtcdLive live) =>
        Seeing(
            desired,
            live,
            m =>
                m is { Pod: { Terminating: true } pod, Endpoint: EndpointLive.Reachable }
                    ? m with
                    {
                        Pod = pod with { Terminating = false },
                    }
                    : m
        );

    /// <summary>Removes whom it has announced as lost, though it answers again.</summary>
    public static Decision<EtcdStep> RemovesWhoAnswersAgain(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.WriteRecord { Record.Intent: null } }
                when live.Record?.Intent is EtcdIntent.Remove { Reason: RemovalReason.Lost, Index: var index, MemberId: var id } =>
                new Decision<EtcdStep>.Act(new EtcdStep.RemoveMember(index, id)),
            var right => right,
        };

    /// <summary>Promotes a learner that has half of the leader's log.</summary>
    public static Decision<EtcdStep> PromotesAtHalf(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Progress
                when live.Members.FirstOrDefault(m => m.Entry is { IsLearner: true }) is { Entry: { } entry } learner
                    && MemberHealth.Status(learner) is { RaftIndex: >= EtcdModel.FirstLog / 2 } => new Decision<EtcdStep>.Act(
                new EtcdStep.PromoteLearner(learner.Index, entry.Id)
            ),
            var right => right,
        };

    public static Decision<EtcdStep> NeverSealsTheSeed(EtcdDesired desired, EtcdLive live) =>
        Seeing(desired, live, m => m is { Index: 0, Boot: { } boot } ? m with { Boot = boot with { Sealed = true } } : m);

    /// <summary>Drops what it has begun: it goes round in circles.</summary>
    public static Decision<EtcdStep> ForgetsItsIntent(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.AddLearner } => new Decision<EtcdStep>.Act(
                new EtcdStep.WriteRecord(live.Record! with { Intent = null, NextIndex = live.Record.NextIndex - 1 }, "forgotten")
            ),
            var right => right,
        };

    public static Decision<EtcdStep> NeverRestores(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.RestoreMember } => new Decision<EtcdStep>.Progress(
                "a StatefulSet that nobody puts back"
            ),
            var right => right,
        };

    /// <summary>Restarts whoever leads as soon as there is anything to restart.</summary>
    public static Decision<EtcdStep> LeaderFirst(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.WriteRecord { Record.Intent: EtcdIntent.Update announced } write } right
                when Leader(live) is { } leader && leader.Index != announced.Index => new Decision<EtcdStep>.Act(
                write with
                {
                    Record = write.Record with { Intent = announced with { Index = leader.Index } },
                }
            ),
            Decision<EtcdStep>.Act { Step: EtcdStep.WriteRecord or EtcdStep.MoveLeader }
                when live.Record?.Intent is EtcdIntent.Update { Index: var index } && Leader(live)?.Index == index =>
                new Decision<EtcdStep>.Act(new EtcdStep.UpdateMember(index, null, desired.Spec.Version, NoReturn: false)),
            var right => right,
        };

    public static Decision<EtcdStep> RestartsUnannounced(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.WriteRecord { Record.Intent: EtcdIntent.Update { Index: var index } } } =>
                new Decision<EtcdStep>.Act(new EtcdStep.UpdateMember(index, null, desired.Spec.Version, NoReturn: false)),
            var right => right,
        };

    /// <summary>Takes over whatever git says and goes there.</summary>
    public static Decision<EtcdStep> AcceptsAnyVersion(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Refused when live.Record is { } record => new Decision<EtcdStep>.Act(
                new EtcdStep.WriteRecord(record with { Accepted = desired.Source }, "accepted")
            ),
            Decision<EtcdStep>.Blocked { By.Rule: "version-jump" }
                when live.Record is { Intent: null } record && live.Members.FirstOrDefault(m => World.IsUp(m)) is { } member =>
                new Decision<EtcdStep>.Act(new EtcdStep.UpdateMember(member.Index, null, record.Accepted!.Spec.Version, NoReturn: false)),
            var right => right,
        };

    /// <summary>Deletes the volume of a voter that is replaced as soon as its pod has ended.</summary>
    public static Decision<EtcdStep> RetainsNothing(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.WriteRecord { Record.Retained: not null } write } => new Decision<EtcdStep>.Act(
                write with
                {
                    Record = write.Record with { Retained = null },
                }
            ),
            var right => right,
        };

    /// <summary>Deletes the volume of a voter that is replaced while the newcomer is on its way.</summary>
    public static Decision<EtcdStep> ReleasesEarly(EtcdDesired desired, EtcdLive live) =>
        Scene.Next(desired, live) switch
        {
            Decision<EtcdStep>.Progress when live.RetainedVolumes is [{ Claim.Terminating: false } kept, ..] => new Decision<EtcdStep>.Act(
                new EtcdStep.DeleteClaim(kept.Index, kept.Claim.Uid)
            ),
            var right => right,
        };

    private static MemberLive? Leader(EtcdLive live) =>
        live.Members.FirstOrDefault(m =>
            m.Entry is { IsLearner: false } && MemberHealth.Status(m) is { } status && status.LeaderId == status.MemberId
        );
}
