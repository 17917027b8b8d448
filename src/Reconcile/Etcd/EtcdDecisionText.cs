using GitOpsOperator.Drift.Etcd;

namespace GitOpsOperator.Reconcile.Etcd;

/// <summary>Decisions in words.</summary>
public static class EtcdDecisionText
{
    /// <summary>What was decided, and why where nothing is done; one line.</summary>
    public static string Of(Decision<EtcdStep> decision, EtcdNames names) => decision switch
    {
        Decision<EtcdStep>.Act { Step: var step } => $"step: {EtcdStepText.Sentence(step, names)}",
        Decision<EtcdStep>.Progress { Expected: var expected } => $"waits for {expected}",
        Decision<EtcdStep>.Blocked blocked => $"blocked [{blocked.Rule}]: {blocked.Reason}",
        Decision<EtcdStep>.Refused refused => $"refused [{refused.Rule}]: {refused.Reason}",
        _ => "nothing: live is as git says",
    };

    /// <summary>As <see cref="Of"/>, with the rule that decided.</summary>
    public static string WithRule(Decision<EtcdStep> decision, string rule, EtcdNames names) => $"{rule}: {Of(decision, names)}";
}
