namespace GitOpsOperator.Reconcile.Deciding;

/// <summary>Why something is not done: the one shape in which a planner, a plan, a status and a review say so.</summary>
/// <param name="Rule">Stable kebab-case id.</param>
/// <param name="Reason">What was found, as a sentence without a full stop.</param>
/// <param name="Remediation">What would unblock it, as sentences without the last full stop.</param>
public sealed record Blocker(string Rule, string Reason, string Remediation);
