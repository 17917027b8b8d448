namespace GitOpsOperator.Reconcile;

/// <summary>One pass over a cluster: what was seen, what was decided, what came of it.</summary>
/// <param name="Outcome">Null unless the decision was to act.</param>
public sealed record PassResult<TLive, TStep>(TLive Live, Decision<TStep> Decision, StepOutcome? Outcome);
