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
            Decision<TStep>.Blocked blocked => $"blocked [{blocked.Rule}]: {blocked.Reason}",
            Decision<TStep>.Refused refused => $"refused [{refused.Rule}]: {refused.Reason}",
            _ => "nothing: live is as git says",
        };
}
