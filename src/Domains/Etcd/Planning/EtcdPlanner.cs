using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Reviews;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// What to do next to one etcd cluster. A pure function: no clock, no network, no memory but the record in <see cref="EtcdLive"/>.
/// It may be asked at any moment, whatever has or has not happened before.
/// </summary>
public static class EtcdPlanner
{
    /// <summary>The rules in order; the first that answers wins, and none answering means that live is as desired.</summary>
    private static readonly RuleTable<EtcdPlanningContext, EtcdStep> Rules = new(
        // Safety: is this ours, and do we know what we are looking at?
        new("foreign-objects", SafetyRules.ForeignObjects),
        new("record-unreadable", SafetyRules.RecordUnreadable),
        new("foreign-owner", SafetyRules.ForeignOwner),
        new("other-operator", SafetyRules.OtherOperator),
        new("suspended", SafetyRules.Suspended),
        new("record-lost", LossRules.RecordLost),
        new("leftovers-without-record", LossRules.LeftoversWithoutRecord),
        new("never-made", DeletionRules.NeverMade),
        new("cluster-lost", LossRules.ClusterLost),
        new("new-cluster", BootstrapRules.NewCluster),
        new("index-ahead-of-record", SafetyRules.IndexAheadOfRecord),
        new("other-cluster-id", SafetyRules.OtherClusterId),
        new("accepted-edited", SafetyRules.AcceptedEdited),
        new("tombstone", DeletionRules.Tombstone),
        new("two-histories", HistoryRules.TwoHistories),
        new("discard-history", HistoryRules.DiscardHistory),
        new("unknown-members", SafetyRules.UnknownMembers),
        new("position-behind", HistoryRules.PositionBehind),
        // A person asks for it, whatever else there is to do, and it changes nothing.
        new("snapshot-asked", SnapshotRules.SnapshotAsked),
        new(DriftRules.ReportOnlyId, ReportOnly),
        // What has to stand before etcd can answer. These change no etcd, so they need no gate and no member list:
        // without the peer Service members cannot find each other, and a missing pod may be the missing quorum.
        new("shared-objects", ObjectRules.SharedObjects),
        new("bootstrap", BootstrapRules.Bootstrap),
        new("seal", ObjectRules.Seal),
        new("restore-member", ObjectRules.RestoreMember),
        new("revert-drift", DriftRules.Revert),
        new("update-failed", RollingRules.UpdateFailed),
        new("membership-unknown", SafetyRules.MembershipUnknown),
        new("departure-unconfirmed", DepartureRules.DepartureUnconfirmed),
        new("older-history", HistoryRules.OlderHistory),
        // Repair: what is broken comes before what is desired.
        new("learner-without-intent", RepairRules.LearnerWithoutIntent),
        new("replace-wiped", RepairRules.ReplaceWiped),
        new("replace-lost", RepairRules.ReplaceLost),
        // Finish what began.
        new("addition-in-flight", InFlightRules.AdditionInFlight),
        new("removal-in-flight", InFlightRules.RemovalInFlight),
        new("departed-member", DepartureRules.DepartedMember),
        new("client-labels", ObjectRules.ClientLabels),
        // The desired state now, one member at a time: the version and the rest of the pods before the size.
        new("accept-desired", ScalingRules.AcceptDesired),
        new("version-out-of-reach", VersionChangeRules.VersionOutOfReach),
        new("snapshot-over", SnapshotRules.SnapshotOver),
        new("update-in-flight", RollingRules.UpdateInFlight),
        new("roll", RollingRules.Roll),
        new("grow", ScalingRules.Grow),
        new("shrink", ScalingRules.Shrink),
        new("voters-answer", RepairRules.VotersAnswer),
        new("release-volume", RetentionRules.ReleaseVolume),
        new("version-unsaid", VersionChangeRules.VersionUnsaid),
        new("change-refused", VersionChangeRules.ChangeRefused),
        new(PlanReview.RuleId, ReviewRules.WorseThanReviewed),
        new("reached", DriftRules.Reached)
    );

    /// <summary>Ids of the rules in the order in which they are asked.</summary>
    public static ImmutableArray<string> RuleIds => Rules.Ids;

    public static Decision<EtcdStep> Next(EtcdDesired desired, EtcdLive live) => Decide(desired, live, EtcdHashes.Rendered).Decision;

    /// <summary>The decision with the id of the rule that made it; <c>converged</c> where none had anything to say.</summary>
    public static (Decision<EtcdStep> Decision, string Rule) Decide(EtcdDesired desired, EtcdLive live, EtcdHashes hashes) =>
        Rules.Decide(Context(desired, live, hashes, QuorumGateChecks.Check));

    /// <summary>With a gate of the caller's choice: the proofs open it, to see that their properties notice.</summary>
    internal static (Decision<EtcdStep> Decision, string Rule) Decide(
        EtcdDesired desired,
        EtcdLive live,
        EtcdHashes hashes,
        QuorumGate gate
    ) => Rules.Decide(Context(desired, live, hashes, gate));

    /// <summary>Desired and live as the rules see them.</summary>
    internal static EtcdPlanningContext Context(EtcdDesired desired, EtcdLive live) =>
        Context(desired, live, EtcdHashes.Rendered, QuorumGateChecks.Check);

    private static EtcdPlanningContext Context(EtcdDesired desired, EtcdLive live, EtcdHashes hashes, QuorumGate gate) =>
        new(desired, live, hashes, gate, CompareWithReviewed);

    /// <summary>The plan for the change as if it had not been reviewed, against what was.</summary>
    private static string? CompareWithReviewed(EtcdPlanningContext s) =>
        ReviewRules.Reviewed(s) is not { } reviewed
            ? null
            : PlanReview.WorseThan(
                reviewed,
                EtcdForecast.Unfold(s.Desired with { Reviewed = null }, s.Live with { Record = s.Record with { Held = null } }, s.Hashes)
            );

    /// <summary>
    /// Once what git says has been reached, mode <c>report</c> lets no rule below act: whatever they would do now answers a change of the
    /// live cluster. A change of git is taken over, and then carried out until it is reached.
    /// </summary>
    private static Decision<EtcdStep>? ReportOnly(EtcdPlanningContext s) =>
        !DriftRules.IsReportOnly(s) ? null
        : ScalingRules.AcceptDesired(s) is { } accept ? accept
        : Rules.DecideAfter(DriftRules.ReportOnlyId, s) is var would && would is Act { Step: var step } ? DriftRules.NotDone(s, step)
        : would;
}
