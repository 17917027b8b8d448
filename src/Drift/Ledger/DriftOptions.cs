using GitOpsOperator.Drift.Cache;

namespace GitOpsOperator.Drift.Ledger;

/// <summary>When reverting stops, and how long what is reverted stays in the report.</summary>
public sealed record DriftOptions
{
    /// <summary>So often within <see cref="FightWindow"/> a field is reverted; then another owner is taken to insist on it. Default
    /// 5.</summary>
    public int FightLimit { get; init; } = 5;

    /// <summary>Default 10 min.</summary>
    public TimeSpan FightWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Pause before what could not be reverted is tried again; what else there is to do comes first meanwhile. Default 10 s, doubling to
    /// 10 min.
    /// </summary>
    public Backoff RevertRetry { get; init; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10));

    /// <summary>
    /// A difference reverted within the status window would never reach git: it stays in the report for this long, so that git's history
    /// has it. Default 1 min.
    /// </summary>
    public TimeSpan CuredStays { get; init; } = TimeSpan.FromMinutes(1);
}
