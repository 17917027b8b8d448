using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reviews;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// A change that was reviewed is taken over only while its plan is no worse than the reviewed one. Until then what was accepted before
/// stays in force, so what is broken is mended first, and with it the change is often as it was reviewed again.
/// </summary>
public static partial class EtcdPlanner
{
    private static Blocked? WorseThanReviewed(EtcdSituation s) => HeldBack(s);

    /// <summary>Why what git says now is not taken over though no rule forbids it; null where it is in force, or may be.</summary>
    internal static Blocked? HeldBack(EtcdSituation s)
    {
        if (Reviewed(s) is not { } reviewed || s.WorseThanReviewed is not { } worse)
        {
            return null;
        }

        var (reason, wayOut) = PlanReview.Words(reviewed, worse);
        return new(PlanReview.RuleId, reason, wayOut);
    }

    /// <summary>What was shown of the change that is to be taken over; null where it was not reviewed, or where nothing changes.</summary>
    internal static ReviewedPlan? Reviewed(EtcdSituation s) =>
        s.Live.Record is not { Accepted: { } accepted } record || accepted.Spec == s.Desired.Spec ? null
        : record.Held is { } held && held.Spec == s.Desired.Spec ? held.Reviewed
        : s.Desired.Reviewed;

    /// <summary>The plan for the change as if it had not been reviewed, against what was.</summary>
    internal static string? CompareWithReviewed(EtcdSituation s) =>
        Reviewed(s) is not { } reviewed
            ? null
            : PlanReview.WorseThan(
                reviewed,
                EtcdForecast.Unfold(s.Desired with { Reviewed = null }, s.Live with { Record = s.Record with { Held = null } }, s.Hashes)
            );

    /// <summary>Written down before anything else, so that it stays held back when the operator is started anew.</summary>
    private static Decision<EtcdStep>? HoldBack(EtcdSituation s, string worse) =>
        s.Record.Held?.Spec == s.Desired.Spec
            ? null
            : Write(
                s,
                s.Record with
                {
                    Held = new(s.Desired.Spec, Reviewed(s)!),
                },
                $"the document of {PlanText.ShortCommit(s.Desired.Source.Commit)} is held back, its plan is worse than what was reviewed: {worse}"
            );
}
