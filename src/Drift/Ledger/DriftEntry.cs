using GitOpsOperator.Drift.Comparison;

namespace GitOpsOperator.Drift.Ledger;

/// <summary>A difference as it is reported: what was seen, since when, and what becomes of it.</summary>
/// <param name="FirstSeen">When it was first seen.</param>
/// <param name="CuredAt">Since when it is gone; null while it is there.</param>
/// <param name="When">When something will be done; null where nothing will.</param>
public sealed record DriftEntry(DriftFact Fact, DateTimeOffset FirstSeen, DateTimeOffset? CuredAt, string Action, string? When)
{
    /// <summary>Live state differs from the desired state, and git has not moved meanwhile.</summary>
    public bool IsOpen => CuredAt is null && Fact.Differs && Fact.Class != DriftClass.Intent;

    /// <summary>As the fact has it; where the API keeps no actor, with the time at which it was first seen.</summary>
    public string ChangedBy => Fact.Actor is null ? $"{Fact.ChangedBy}, first seen {DriftTime.Shown(FirstSeen)}" : Fact.ChangedBy;
}
