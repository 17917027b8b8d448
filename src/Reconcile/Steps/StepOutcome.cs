namespace GitOpsOperator.Reconcile.Steps;

/// <summary>What came of a step. Errors are exceptions; these are the answers that a working world gives.</summary>
public abstract record StepOutcome
{
    /// <summary>Done, or found done already.</summary>
    public sealed record Done : StepOutcome;

    /// <summary>Not done, or not known to be: look again, then decide again.</summary>
    /// <param name="Reason">In the words of whoever refused.</param>
    public sealed record NotYet(string Reason) : StepOutcome;
}
