using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Approvals;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Prometheus.Steps.PrometheusStep>;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>
/// What loses history is done only where the document approves just that. An approval that was taken up holds until the change is through,
/// since half of it changes what is there; then it is written off, and counts no more.
/// </summary>
internal static class HistoryRules
{
    public static Decision<PrometheusStep>? NeedsApproval(PrometheusComparison s)
    {
        var effects = PrometheusEffects.Of(s);
        var approval = s.Live.Approval;
        if (effects.IsEmpty)
        {
            return null;
        }

        if (effects.All(effect => approval.Effects.Contains(effect.Name)))
        {
            return null;
        }

        var digest = ApprovalDigest.Of(s.Desired.Cluster, PrometheusEffects.Incarnation(s), effects, approval.Used);
        if (s.Desired.Document.Approvals.Contains(digest))
        {
            return new Act(new PrometheusStep.TakeApproval(approval with { Effects = [.. effects.Select(effect => effect.Name)] }, digest));
        }

        return new Blocked(ApprovalRules.Needed(s.Desired.Document, effects, digest));
    }

    public static Act? ApprovalOver(PrometheusComparison s) =>
        !s.Live.Approval.InForce || !PrometheusEffects.Of(s).IsEmpty
            ? null
            : new(new PrometheusStep.TakeApproval(new(s.Live.Approval.Used + 1, []), null));
}
