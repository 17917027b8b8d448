using GitOpsOperator.Drift.Etcd;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Drift.Tests.Etcd;

/// <summary>Time as facts: silence and calm are measured on the monotonic clock, from when they were first seen.</summary>
public sealed class EtcdHistoryTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly EndpointStatus Status = new(1, 2, 2, 3, 4, 4, false, true, "3.5.16", 1, []);

    private readonly SteppedTime _time = new();
    private readonly EtcdHistory _history = new();

    [Fact]
    public void Silence_counts_from_when_it_was_first_seen_and_an_answer_ends_it()
    {
        Assert.Equal(new EndpointLive.Unreachable(false), Judge(null));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(new EndpointLive.Unreachable(false), Judge(null));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new EndpointLive.Unreachable(true), Judge(null));

        Assert.Equal(new EndpointLive.Reachable(Status), Judge(Status));
        Assert.Equal(new EndpointLive.Unreachable(false), Judge(null));
    }

    [Fact]
    public void An_operator_that_has_just_started_waits_the_whole_time()
    {
        Judge(null);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(new EndpointLive.Unreachable(false), new EtcdHistory().Judge(0, null, Grace, _time));
    }

    [Fact]
    public void Calm_begins_anew_with_every_change_of_leader_term_health_or_membership_and_not_with_growth()
    {
        Assert.False(Settled(Status));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(Settled(Status with { RaftIndex = 99, AppliedIndex = 98, DbSizeBytes = 12 }));
        foreach (var changed in new[] { Status with { LeaderId = 9 }, Status with { RaftTerm = 8 }, Status with { LinearizableRead = false } })
        {
            Assert.False(Settled(changed));
            _time.Advance(TimeSpan.FromSeconds(10));
            Assert.True(Settled(changed));
        }

        Assert.False(Settled(Status, new MembershipLive(1, [new(2, "orders-0", "http://a", false)])));
        Assert.False(Settled(Status, new MembershipLive(1, [new(2, "orders-0", "http://a", true)])));
    }

    private EndpointLive Judge(EndpointStatus? status) => _history.Judge(0, status, Grace, _time);

    private bool Settled(EndpointStatus status, MembershipLive? membership = null) => _history.IsSettled(
        new EtcdLive
        {
            Cluster = new ClusterKey("etcd", "default", "orders"),
            Membership = membership,
            Members = [new MemberLive(0) { Endpoint = new EndpointLive.Reachable(status) }],
            Settled = false,
        },
        TimeSpan.FromSeconds(10),
        _time);

    private sealed class SteppedTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
