namespace GitOpsOperator.Reconcile.Deciding;

/// <summary>Decisions in words, the same for every domain.</summary>
public static class DecisionText
{
    /// <summary>What was decided, and why where nothing is done; one line.</summary>
    /// <param name="sentence">What a step does, as an imperative without a full stop.</param>
    public static string Of<TStep>(Decision<TStep> decision, Func<TStep, string> sentence) =>
        decision switch
        {
            Decision<TStep>.Act { Step: var step } => $"step: {sentence(step)}",
            Decision<TStep>.Progress { Expected: var expected } => $"waits for {expected}",
            Decision<TStep>.Blocked blocked => $"blocked [{blocked.By.Rule}]: {blocked.By.Reason}",
            Decision<TStep>.Refused refused => $"refused [{refused.By.Rule}]: {refused.By.Reason}",
            _ => "nothing: live state matches the desired state",
        };

    /// <summary>As <see cref="Of{TStep}(Decision{TStep}, Func{TStep, string})"/>, beginning with the id of the rule that decided.</summary>
    public static string Of<TStep>(Decision<TStep> decision, string rule, Func<TStep, string> sentence) =>
        $"{rule}: {Of(decision, sentence)}";
}
