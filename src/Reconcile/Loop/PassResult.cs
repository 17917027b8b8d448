using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Reconcile.Loop;

/// <summary>One pass over a cluster: what was seen, what was decided, what came of it.</summary>
/// <param name="Desired">What was decided on. What is desired now may be newer.</param>
/// <param name="Outcome">Null unless the decision was to act.</param>
public sealed record PassResult<TDesired, TLive, TStep>(TDesired Desired, TLive Live, Decision<TStep> Decision, StepOutcome? Outcome)
{
    /// <summary>There is a step to do, and something beyond the cluster holds it back.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Why the step is not done yet; null where it is, or where there was none.</summary>
    public string? NotYet => (Outcome as StepOutcome.NotYet)?.Reason;
}
