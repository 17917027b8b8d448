namespace GitOpsOperator.Reconcile.Steps;

/// <summary>What a step means to people. Every part is required, so that no step goes without one and none has a default.</summary>
public sealed record StepDescription
{
    public required StepSymbol Symbol { get; init; }

    /// <summary>What it is done to, such as <c>orders-3</c>; the cluster's name where it is about all of it.</summary>
    public required string Subject { get; init; }

    /// <summary>What it does, as an imperative without a full stop.</summary>
    public required string Sentence { get; init; }

    /// <summary>What clients notice; empty where there is nothing to say about clients.</summary>
    public required string ClientImpact { get; init; }

    public required RiskClass Risk { get; init; }

    /// <summary>How it is undone; null where it cannot be.</summary>
    public required string? Undo { get; init; }

    /// <summary>Bookkeeping that serves another step: counted, but not listed.</summary>
    public required bool IsMinor { get; init; }

    /// <summary>It takes something down that serves, or may for a moment, so that it needs a slot and a maintenance window.</summary>
    public required bool IsDisruptive { get; init; }
}

public enum StepSymbol
{
    /// <summary>Something comes.</summary>
    Add,

    /// <summary>Something changes.</summary>
    Change,

    /// <summary>Something goes.</summary>
    Remove,
}

public enum RiskClass
{
    /// <summary>Touches neither data nor availability.</summary>
    None,

    /// <summary>
    /// Something that serves is taken down, or the set of those that vote or lead changes; availability depends on the figures.
    /// </summary>
    Availability,

    /// <summary>Clients are not served while it lasts, whatever else goes well.</summary>
    Outage,

    /// <summary>Destroys data that cannot be brought back.</summary>
    Data,
}
