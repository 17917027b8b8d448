using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>The desired state, taken over between membership changes and carried out one member at a time.</summary>
internal static class ScalingRules
{
    // A document of which a part is refused is not accepted at all: its size would otherwise be applied and its version not.
    public static Decision<EtcdStep>? AcceptDesired(EtcdPlanningContext s) =>
        s.Intent is not (null or EtcdIntent.Update)
        || s.Record.Accepted == s.Desired.Source
        || VersionChangeRules.WithoutVersion(s).Length > 0
        || VersionChangeRules.ChangeRefused(s) is not null
            ? null
        : s.WorseThanReviewed is { } worse ? ReviewRules.HoldBack(s, worse)
        : Write(
            s,
            s.Record with
            {
                Accepted = s.Desired.Source,
                Held = null,
                FailedJoins = 0,
                Unreached = DriftRules.IsUnreached(s),
                Intent = StillRestarting(s),
                SnapshotDue = SnapshotRules.IsSnapshotDue(s),
            },
            $"the document of {PlanText.ShortCommit(s.Desired.Source.Commit)} is accepted{Changes(s)}"
        );

    /// <summary>
    /// A restart goes on with what is accepted now; what the member may have come to run meanwhile is what its data is of.
    /// </summary>
    private static EtcdIntent? StillRestarting(EtcdPlanningContext s) =>
        s.Intent is EtcdIntent.Update { Index: var index } update
        && s.Member(index) is { } member
        && MemberHealth.VersionOf(member) is { } runs
            ? update with
            {
                From = runs,
            }
            : s.Intent;

    private static string Changes(EtcdPlanningContext s)
    {
        var (was, desired) = (s.Accepted.Spec, s.Desired.Spec);
        string[] changes =
        [
            .. was.Version == desired.Version ? Array.Empty<string>() : [$"version {was.Version} -> {desired.Version}"],
            .. was.Size == desired.Size ? Array.Empty<string>() : [$"size {was.Size} -> {desired.Size}"],
        ];
        return changes.Length == 0 ? "" : $": {string.Join(", ", changes)}";
    }

    public static Decision<EtcdStep>? Grow(EtcdPlanningContext s) => s.Voters.Length >= s.Size ? null : Add(s);

    public static Decision<EtcdStep> Add(EtcdPlanningContext s)
    {
        var index = s.Record.NextIndex;
        return s.Record.FailedJoins >= EtcdRecord.JoinsBeforePause && !s.Live.JoinIsDue
            ? new Blocked(
                "joins-keep-failing",
                $"{s.Record.FailedJoins} new members in a row never joined and were removed again",
                "Look at why their pods did not start (image, storage class, room on the nodes). Another one is tried automatically "
                    + "after a pause, of five minutes at first and of an hour in the end; a new commit to the document is tried at once"
            )
            : Gated(
                s,
                new EtcdStep.AddLearner(index),
                () =>
                    new EtcdStep.WriteRecord(
                        s.Record with
                        {
                            NextIndex = index + 1,
                            Intent = new EtcdIntent.Add(index),
                        },
                        $"{s.Name(index)} joins"
                    )
            );
    }

    public static Decision<EtcdStep>? Shrink(EtcdPlanningContext s)
    {
        if (s.Voters.Length <= s.Size)
        {
            return null;
        }

        // The rules of repair have taken the dead by now; one that is merely silent still goes before a healthy one.
        var victim = s.Voters.LastOrDefault(m => !MemberHealth.IsHealthyVoter(m)) ?? s.Voters[^1];
        return (MemberHealth.IsSilent(victim) || victim.Pod is { Terminating: true }) && !MemberHealth.IsSilentForLong(victim)
            ? new Progress($"{s.Name(victim.Index)} to answer again, or to be out of the grace period")
            : Gated(
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
}
