using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Specs;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Prometheus.Steps.PrometheusStep>;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>What somebody has changed of the live Prometheus: reverted, or in mode <c>report</c> left.</summary>
internal static class DriftRules
{
    public const string ReportOnlyId = "report-only";

    public static Act? Revert(PrometheusComparison s) =>
        s.Live.Drifts.FirstOrDefault(fact => fact.Reverts) is { } fact ? new(new PrometheusStep.RevertDrift(fact.Target)) : null;

    /// <summary>All that git says was so, and the mode lets nothing else be changed.</summary>
    public static bool IsReportOnly(PrometheusComparison s) =>
        s.Desired.RepositoryMode == DriftMode.Report && s.IsReached && s.Live.Confirmed?.Digest == s.DesiredFiles!.Digest;

    public static Blocked NotDone(PrometheusComparison s, PrometheusStep step) =>
        new(
            ReportOnlyId,
            $"the mode is report, so this is not done: {step.Describe(s.Live).Sentence}",
            "Set the repository's mode to correct, or change the live Prometheus back by hand"
        );
}
