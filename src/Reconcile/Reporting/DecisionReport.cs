using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;

namespace GitOpsOperator.Reconcile.Reporting;

/// <summary>What of a report follows from the decision alone, the same for every domain.</summary>
public static class DecisionReport
{
    /// <param name="suspended">The document says that nothing is to be changed.</param>
    public static ClusterPhase Phase<TStep>(Decision<TStep> decision, bool suspended) =>
        decision switch
        {
            _ when suspended => ClusterPhase.Suspended,
            Decision<TStep>.Converged => ClusterPhase.Converged,
            Decision<TStep>.Blocked => ClusterPhase.Blocked,
            Decision<TStep>.Refused => ClusterPhase.Refused,
            _ => ClusterPhase.Progressing,
        };

    /// <summary>What is being done or waited for; null when nothing is.</summary>
    /// <param name="sentence">What a step does, as an imperative without a full stop.</param>
    /// <param name="note">Why the step that was decided is not done yet; null where it is.</param>
    public static string? CurrentStep<TStep>(Decision<TStep> decision, Func<TStep, string> sentence, string? note)
    {
        var step = decision switch
        {
            Decision<TStep>.Act act => sentence(act.Step),
            Decision<TStep>.Progress progress => $"waiting for {progress.Expected}",
            _ => null,
        };
        return step is not null && note is not null ? $"{step} ({note})" : step;
    }

    /// <summary>The steps that people care about, as today's forecast has them; none where nothing is being done.</summary>
    public static ImmutableArray<string> Remaining<TStep>(Decision<TStep> decision, Func<PlanForecast> plan) =>
        decision is Decision<TStep>.Act or Decision<TStep>.Progress ? [.. plan().MajorSteps.Select(step => step.Sentence)] : [];
}
