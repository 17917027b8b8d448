using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Prometheus.Steps.PrometheusStep>;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>What somebody has changed of the live Prometheus: put back, or in mode <c>report</c> left.</summary>
public static partial class PrometheusPlanner
{
    private const string ReportOnlyId = "report-only";

    private static Act? PutBack(PrometheusSituation s) =>
        s.Live.Drifts.FirstOrDefault(fact => fact.PutBack) is { } fact ? new(new PrometheusStep.PutBack(fact.Target)) : null;

    /// <summary>
    /// Once what git says was all so, mode <c>report</c> lets no rule below act: whatever they would do now answers a change of the live
    /// Prometheus. A change of git is carried out until it is so.
    /// </summary>
    private static Decision<PrometheusStep>? ReportOnly(PrometheusSituation s)
    {
        if (s.Desired.RepositoryMode != DriftMode.Report || !s.IsReached || s.Live.Confirmed?.Digest != s.Wanted!.Digest)
        {
            return null;
        }

        var would = Rules
            .SkipWhile(rule => rule.Id != ReportOnlyId)
            .Skip(1)
            .Select(rule => rule.Answer(s))
            .FirstOrDefault(answer => answer is not null);
        return would is Act { Step: var step }
            ? new Blocked(
                ReportOnlyId,
                $"the mode is report, so this is not done: {PrometheusStepText.Sentence(step, s.Names)}",
                "Set the repository's mode to correct, or change the live Prometheus back by hand"
            )
            : would;
    }
}
