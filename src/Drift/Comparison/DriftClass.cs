namespace GitOpsOperator.Drift.Comparison;

/// <summary>Why live differs from git.</summary>
public enum DriftClass
{
    /// <summary>Git has moved since it was last carried out, and live is on its way.</summary>
    Intent,

    /// <summary>Somebody has changed the live object.</summary>
    Drift,

    /// <summary>A field that git does not declare, set by another manager; it is left alone.</summary>
    Foreign,

    /// <summary>A field that Kubernetes does not let be changed in place.</summary>
    Immutable,

    /// <summary>Not of Kubernetes but of the system itself: membership, versions, data.</summary>
    Domain,
}
