using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>What somebody has changed of the live cluster: put back, or in mode <c>report</c> left.</summary>
public static partial class EtcdPlanner
{
    private const string ReportOnlyId = "report-only";

    private static Act? PutBack(EtcdSituation s) =>
        s.Live.Drifts.FirstOrDefault(fact => fact.PutBack) is { } fact
            ? new(
                new EtcdStep.PutBack(
                    fact.Target,
                    s.Live.Members.Select(m => (int?)m.Index).FirstOrDefault(index => IsOf(s.Names, index!.Value, fact.Target)),
                    s.MinAvailable
                )
            )
            : null;

    private static bool IsOf(EtcdNames names, int index, string target) =>
        target == $"StatefulSet/{names.Member(index)}" || target == $"ConfigMap/{names.Boot(index)}" || target == $"Pod/{names.Pod(index)}";

    /// <summary>
    /// Once what git says has been reached, mode <c>report</c> lets no rule below act: whatever they would do now answers a change of the
    /// live cluster. A change of git is taken over, and then carried out until it is reached.
    /// </summary>
    private static Decision<EtcdStep>? ReportOnly(EtcdSituation s)
    {
        if (s.Desired.Mode != DriftMode.Report || s.Record is { Unreached: true } or { ClusterId: null } || s.Intent is not null)
        {
            return null;
        }

        if (AcceptDesired(s) is { } accept)
        {
            return accept;
        }

        var would = Rules
            .SkipWhile(rule => rule.Id != ReportOnlyId)
            .Skip(1)
            .Select(rule => rule.Answer(s))
            .FirstOrDefault(answer => answer is not null);
        return would is not Act { Step: var step }
            ? would
            : new Blocked(
                ReportOnlyId,
                $"the mode is report, so this is not done: {EtcdStepText.Sentence(step, s.Names)}",
                "Set spec.mode to correct, or change the live cluster back by hand"
            );
    }

    private static Decision<EtcdStep>? Reached(EtcdSituation s) =>
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
    private static bool IsUnreached(EtcdSituation s) =>
        s.Desired.Mode == DriftMode.Report
        && (s.Record.Unreached || s.Accepted.Spec with { Mode = null } != s.Desired.Spec with { Mode = null });
}
