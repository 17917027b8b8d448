using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reviews;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// A change that was reviewed is taken over only while its plan is no worse than the reviewed one. Until then what was accepted before
/// stays in force, so what is broken is repaired first, and with it the change is often as it was reviewed again.
/// </summary>
internal static class ReviewRules
{
    /// <summary>Why what git says now is not taken over though no rule forbids it; null where it is in force, or may be.</summary>
    public static Blocked? WorseThanReviewed(EtcdPlanningContext s) =>
        Reviewed(s) is { } reviewed && s.WorseThanReviewed is { } worse ? new(PlanReview.Blocks(reviewed, worse)) : null;

    /// <summary>What was shown of the change that is to be taken over; null where it was not reviewed, or where nothing changes.</summary>
    public static ReviewedPlan? Reviewed(EtcdPlanningContext s) =>
        s.Live.Record is not { Accepted: { } accepted } record || accepted.Spec == s.Desired.Spec ? null
        : record.Held is { } held && held.Spec == s.Desired.Spec ? held.Reviewed
        : s.Desired.Reviewed;

    /// <summary>Written down before anything else, so that it stays held back when the operator is started anew.</summary>
    public static Decision<EtcdStep>? HoldBack(EtcdPlanningContext s, string worse) =>
        s.Record.Held?.Spec == s.Desired.Spec
            ? null
            : Write(
                s,
                s.Record with
                {
                    Held = new(s.Desired.Spec, Reviewed(s)!),
                },
                $"the document of {PlanText.ShortCommit(s.Desired.Source.Commit)} is held back, its plan is worse than what was "
                    + $"reviewed: {worse}"
            );
}
