namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// How long to wait after so many failures in a row: doubling from <paramref name="First"/> up to <paramref name="Max"/>.
/// </summary>
public readonly record struct Backoff(TimeSpan First, TimeSpan Max)
{
    /// <param name="attempt">1 after the first failure.</param>
    public TimeSpan After(int attempt) =>
        attempt <= 0 ? TimeSpan.Zero
        : attempt > 30 ? Max
        : TimeSpan.FromTicks(Math.Min(Max.Ticks, First.Ticks << (attempt - 1)));
}
