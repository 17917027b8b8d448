namespace GitOpsOperator.Drift.Tests.Watching;

/// <summary>A clock by which every wait is a three-hundredth of what it would be, so that pauses and deadlines of minutes pass in a test.</summary>
internal sealed class HastyTime : TimeProvider
{
    private const int Haste = 300;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, Hasten(dueTime), Hasten(period));

    private static TimeSpan Hasten(TimeSpan wait) => wait == Timeout.InfiniteTimeSpan ? wait : wait / Haste;
}
