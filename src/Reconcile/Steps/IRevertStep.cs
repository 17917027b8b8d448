namespace GitOpsOperator.Reconcile.Steps;

/// <summary>A step that reverts what somebody has changed of an object.</summary>
public interface IRevertStep
{
    /// <summary>Kind and name, as in <see cref="GitOpsOperator.Drift.Comparison.DriftFact.Target"/>.</summary>
    string Target { get; }
}
