using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>What somebody has changed of the live cluster: reverted, or in mode <c>report</c> left.</summary>
internal static class DriftRules
{
    public const string ReportOnlyId = "report-only";

    public static Act? Revert(EtcdPlanningContext s) =>
        s.Live.Drifts.FirstOrDefault(fact => fact.Reverts) is { } fact
            ? new(
                new EtcdStep.RevertDrift(
                    fact.Target,
                    s.Live.Members.Select(m => (int?)m.Index).FirstOrDefault(index => IsOf(s.Names, index!.Value, fact.Target)),
                    s.MinAvailable
                )
            )
            : null;

    private static bool IsOf(EtcdNames names, int index, string target) =>
        target == $"StatefulSet/{names.Member(index)}" || target == $"ConfigMap/{names.Boot(index)}" || target == $"Pod/{names.Pod(index)}";

    /// <summary>Nothing that git says is under way, and the mode lets nothing else be changed.</summary>
    public static bool IsReportOnly(EtcdPlanningContext s) =>
        s.Desired.Mode == DriftMode.Report && s.Record is not ({ Unreached: true } or { ClusterId: null }) && s.Intent is null;

    public static Blocked NotDone(EtcdPlanningContext s, EtcdStep step) =>
        new(
            ReportOnlyId,
            $"the mode is report, so this is not done: {step.Describe(s.Live).Sentence}",
            "Set spec.mode to correct, or change the live cluster back by hand"
        );

    public static Decision<EtcdStep>? Reached(EtcdPlanningContext s) =>
        s.Record.Unreached && s.Intent is null && s.Record.Accepted == s.Desired.Source
            ? Write(
                s,
                s.Record with
                {
                    Unreached = false,
                },
                "what git says is reached; changes of the live cluster are only reported from now on"
            )
            : null;

    /// <summary>A document that changes nothing but the mode is reached already.</summary>
    public static bool IsUnreached(EtcdPlanningContext s) =>
        s.Desired.Mode == DriftMode.Report
        && (s.Record.Unreached || s.Accepted.Spec with { Mode = null } != s.Desired.Spec with { Mode = null });
}
