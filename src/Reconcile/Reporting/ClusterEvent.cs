using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Reporting;

/// <summary>What a cluster's loop has come to, reported once and not at each observation.</summary>
/// <param name="Reason">For machines: the step's or the rule's name, in CamelCase.</param>
/// <param name="Text">For people: a sentence without a full stop.</param>
public sealed record ClusterEvent(ClusterKey Cluster, ClusterEventKind Kind, string Reason, string Text);

public enum ClusterEventKind
{
    /// <summary>A step was done.</summary>
    Step,

    /// <summary>A step was begun and is not done yet, or something is expected to happen by itself.</summary>
    Waiting,

    /// <summary>Nothing is done until something outside changes.</summary>
    Blocked,

    /// <summary>What git says is not done.</summary>
    Refused,

    Converged,
}
