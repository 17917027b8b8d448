namespace GitOpsOperator.Domains.Etcd.Tests.Live;

/// <summary>A monotonic clock that stands until it is moved.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public void Advance(TimeSpan by) => _now += by.Ticks;
}
