namespace GitOpsOperator.Drift.Watching;

/// <summary>How long to wait after so many failures in a row: doubling from <paramref name="First"/> up to <paramref name="Longest"/>.</summary>
public readonly record struct Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <param name="attempt">1 after the first failure.</param>
    public TimeSpan After(int attempt) =>
        attempt <= 0 ? TimeSpan.Zero
        : attempt > 30 ? Longest
        : TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << (attempt - 1)));
}
