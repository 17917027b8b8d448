namespace GitOpsOperator.Drift.Tests.Cache;

/// <summary>
/// A clock by which every wait is a three-hundredth of what it would be, so that pauses and deadlines of minutes pass in a test.
/// </summary>
internal sealed class HastyTime : TimeProvider
{
    private const int Haste = 300;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new HastyTimer(base.CreateTimer(callback, state, Hasten(dueTime), Hasten(period)));

    private static TimeSpan Hasten(TimeSpan wait) => wait == Timeout.InfiniteTimeSpan ? wait : wait / Haste;

    private sealed class HastyTimer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Hasten(dueTime), Hasten(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
