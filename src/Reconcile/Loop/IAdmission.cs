using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Loop;

/// <summary>
/// Whether now is the time for a step. The planner says what comes next in one cluster; this knows of all the others, of maintenance
/// windows and of whoever has stopped the operator.
/// </summary>
public interface IAdmission
{
    /// <summary>Notified when what was held back may go on.</summary>
    ChangeSignal Changes { get; }

    /// <returns>Why not now; null where it may be done.</returns>
    Denied? Ask(StepRequest step);

    /// <summary>The cluster has nothing more under way, or cannot go on.</summary>
    void Release(ClusterKey cluster);
}

/// <param name="Disruptive">It takes something down that serves, or may for a moment.</param>
/// <param name="Urgent">The cluster is worse off than it should be: others' turn comes after it.</param>
public sealed record StepRequest(ClusterKey Cluster, bool Disruptive, bool Urgent);

/// <summary>What holds a step back.</summary>
/// <param name="Remediation">What would let it go on; null where it resumes automatically.</param>
public sealed record Denied(string Rule, string Reason, string? Remediation);

/// <summary>Every step may be done at any time.</summary>
public sealed class OpenAdmission : IAdmission
{
    public static readonly OpenAdmission Instance = new();

    public ChangeSignal Changes { get; } = new();

    public Denied? Ask(StepRequest step) => null;

    public void Release(ClusterKey cluster) { }
}
