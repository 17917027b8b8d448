using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// What to do next to one etcd cluster. A pure function: no clock, no network, no memory but the record in <see cref="EtcdLive"/>.
/// It may be asked at any moment, whatever has or has not happened before.
/// </summary>
public static partial class EtcdPlanner
{
    /// <summary>The rules in order; the first that answers wins, and none answering means that live is as desired.</summary>
    private static readonly ImmutableArray<Rule> Rules =
    [
        // Safety: is this ours, and do we know what we are looking at?
        new("foreign-objects", ForeignObjects),
        new("record-unreadable", RecordUnreadable),
        new("foreign-owner", ForeignOwner),
        new("suspended", Suspended),
        new("leftovers-without-record", LeftoversWithoutRecord),
        new("never-made", NeverMade),
        new("new-cluster", NewCluster),
        new("index-ahead-of-record", IndexAheadOfRecord),
        new("other-cluster-id", OtherClusterId),
        new("tombstone", Tombstone),
        new("two-histories", TwoHistories),
        new("unknown-members", UnknownMembers),
        // A person asks for it, whatever else there is to do, and it changes nothing.
        new("snapshot-asked", SnapshotAsked),
        new("report-only", ReportOnly),
        // What has to stand before etcd can answer. These change no etcd, so they need no gate and no member list:
        // without the peer Service members cannot find each other, and a missing pod may be the missing quorum.
        new("shared-objects", SharedObjects),
        new("bootstrap", Bootstrap),
        new("seal", Seal),
        new("restore-member", RestoreMember),
        new("put-back", PutBack),
        new("update-failed", UpdateFailed),
        new("membership-unknown", MembershipUnknown),
        new("departure-unconfirmed", DepartureUnconfirmed),
        // Repair: what is broken comes before what is wanted.
        new("learner-without-intent", LearnerWithoutIntent),
        new("replace-wiped", ReplaceWiped),
        new("replace-lost", ReplaceLost),
        // Finish what began.
        new("addition-in-flight", AdditionInFlight),
        new("removal-in-flight", RemovalInFlight),
        new("departed-member", DepartedMember),
        new("client-labels", ClientLabels),
        // What git wants now, one member at a time: the version and the rest of the pods before the size.
        new("accept-desired", AcceptDesired),
        new("version-out-of-reach", VersionOutOfReach),
        new("snapshot-over", SnapshotOver),
        new("update-in-flight", UpdateInFlight),
        new("roll", Roll),
        new("grow", Grow),
        new("shrink", Shrink),
        new("voters-answer", VotersAnswer),
        new("version-unsaid", VersionUnsaid),
        new("change-refused", ChangeRefused),
        new(PlanReview.RuleId, WorseThanReviewed),
        new("reached", Reached),
    ];

    /// <summary>Ids of the rules in the order in which they are asked.</summary>
    public static ImmutableArray<string> RuleIds { get; } = [.. Rules.Select(r => r.Id)];

    public static Decision<EtcdStep> Next(EtcdDesired desired, EtcdLive live) => Decide(desired, live, EtcdHashes.Rendered).Decision;

    /// <summary>The decision with the id of the rule that made it; <c>converged</c> where none had anything to say.</summary>
    public static (Decision<EtcdStep> Decision, string Rule) Decide(EtcdDesired desired, EtcdLive live, EtcdHashes hashes) =>
        Decide(new EtcdSituation(desired, live, hashes, QuorumGateChecks.Check));

    /// <summary>What the gate says to a step that changes etcd, check by check.</summary>
    public static GateVerdict Explain(EtcdDesired desired, EtcdLive live, EtcdStep step) =>
        QuorumGateChecks.Check(new(desired, live, EtcdHashes.Rendered, QuorumGateChecks.Check), step);

    /// <summary>With a gate of the caller's choice: the proofs open it, to see that their properties notice.</summary>
    internal static (Decision<EtcdStep> Decision, string Rule) Decide(EtcdSituation situation)
    {
        foreach (var rule in Rules)
        {
            if (rule.Answer(situation) is { } decision)
            {
                return (decision, rule.Id);
            }
        }

        return (new Converged(), "converged");
    }

    /// <summary>Sends <paramref name="step"/> through the gate; <paramref name="then"/> is what to do if it is open, by default the step itself.</summary>
    private static Decision<EtcdStep> Gated(EtcdSituation s, EtcdStep step, Func<EtcdStep>? then = null)
    {
        var verdict = s.Gate(s, step);
        return verdict switch
        {
            { Open: true } => new Act(then?.Invoke() ?? step),
            { FirstObstacle: { Passes: true } soon } => new Progress($"{soon.Says} (before: {EtcdStepText.Sentence(step, s.Names)})"),
            _ when s.Hindered is { } held => Hindered(s, held),
            { FirstObstacle: { } obstacle } => new Blocked(
                obstacle.Id,
                $"{EtcdStepText.Sentence(step, s.Names)} is held back: {obstacle.Says}",
                "It goes on by itself once the members answer and are healthy"
            ),
            _ => throw new InvalidOperationException("A gate is either open or has an obstacle"),
        };
    }

    private static Decision<EtcdStep> Write(EtcdSituation s, EtcdRecord record, string why) =>
        new Act(new EtcdStep.WriteRecord(record, why));

    private sealed record Rule(string Id, Func<EtcdSituation, Decision<EtcdStep>?> Answer);
}
