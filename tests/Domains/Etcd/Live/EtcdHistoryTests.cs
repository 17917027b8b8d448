using System.Globalization;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Tests.Live;

/// <summary>Time as facts: silence and calm are measured on the monotonic clock, from when they were first seen.</summary>
public sealed class EtcdHistoryTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly EndpointStatus Status = new(1, 2, 2, 3, 4, 4, false, true, "3.5.16", 1, []);

    private static readonly EtcdRun Running = new("u", 0, new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    private static readonly EndpointLive HeldUp = new EndpointLive.Unreachable(false) { HeldUp = true };

    private readonly SteppedTime _time = new();
    private readonly EtcdHistory _history = New();

    [Fact]
    public void Silence_counts_from_when_it_was_first_seen_and_an_answer_ends_it()
    {
        Assert.Equal(new EndpointLive.Unreachable(false), Evaluate(null));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(new EndpointLive.Unreachable(false), Evaluate(null));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new EndpointLive.Unreachable(true), Evaluate(null));

        Assert.Equal(new EndpointLive.Reachable(Status), Evaluate(Status));
        Assert.Equal(new EndpointLive.Unreachable(false), Evaluate(null));
    }

    [Fact]
    public void An_operator_that_has_just_started_waits_the_whole_time()
    {
        Evaluate(null);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(new EndpointLive.Unreachable(false), New().Evaluate(0, null, Running, Grace, _time));
    }

    /// <summary>A drained node: no node takes the pod for an hour, then it is back and etcd needs a moment to start.</summary>
    [Fact]
    public void What_Kubernetes_does_not_run_is_not_silent_and_gets_the_whole_time_once_it_runs()
    {
        Evaluate(Status);
        Evaluate(null, null);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HeldUp, Evaluate(null, null));

        Assert.Equal(HeldUp, Evaluate(null, Running with { PodUid = "new" }));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(HeldUp, Evaluate(null, Running with { PodUid = "new" }));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new EndpointLive.Unreachable(true), Evaluate(null, Running with { PodUid = "new" }));
        Assert.Equal(HeldUp, Evaluate(null, null));
    }

    /// <summary>None of these was seen not to run: it happened between two looks.</summary>
    public static TheoryData<string, string> Others => new() { { "new", "" }, { "u", "2026-01-02" } };

    [Theory]
    [MemberData(nameof(Others))]
    public void Another_pod_or_another_spell_of_its_node_gets_the_whole_time(string podUid, string nodeReadySince)
    {
        Evaluate(null);
        _time.Advance(TimeSpan.FromSeconds(29));
        var other = Running with
        {
            PodUid = podUid,
            NodeReadySince =
                nodeReadySince.Length == 0 ? Running.NodeReadySince : DateTime.Parse(nodeReadySince, CultureInfo.InvariantCulture),
        };
        Evaluate(null, other);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(HeldUp, Evaluate(null, other));
    }

    /// <summary>
    /// A container that is started anew gets the time that it needs to start; one that ends over and over does not get it for ever.
    /// </summary>
    [Fact]
    public void A_container_that_ends_over_and_over_is_silent_at_last()
    {
        var answers = new List<EndpointLive>();
        for (var restarts = 0; restarts < 6; restarts++)
        {
            answers.Add(Evaluate(null, Running with { Restarts = restarts }));
            _time.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Equal([false, false, false, false, false, true], answers.Select(answer => ((EndpointLive.Unreachable)answer).BeyondGrace));
    }

    [Fact]
    public void Only_a_container_that_was_started_after_its_boot_was_found_sealed_counts_as_started_so()
    {
        var pod = new PodLive("u", PodPhase.Running, false, 4, false, false, true);
        Assert.False(_history.IsStartedSealed(0, new(false, "…"), pod));
        Assert.False(_history.IsStartedSealed(0, new(true, "…"), pod));
        Assert.False(_history.IsStartedSealed(0, new(true, "…"), pod));
        Assert.True(_history.IsStartedSealed(0, new(true, "…"), pod with { Restarts = 5 }));
        Assert.True(_history.IsStartedSealed(0, new(true, "…"), pod with { Uid = "v", Restarts = 0 }));
        Assert.False(_history.IsStartedSealed(0, new(true, "…"), null));

        Assert.False(_history.IsStartedSealed(1, new(true, "…"), null));
        Assert.True(_history.IsStartedSealed(1, new(true, "…"), pod));

        // An operator that has just started does not know what was there before.
        Assert.False(New().IsStartedSealed(0, new(true, "…"), pod with { Restarts = 5 }));
    }

    [Fact]
    public void Calm_begins_anew_with_every_change_of_leader_term_health_or_membership_and_not_with_growth()
    {
        Assert.False(Settled(Status));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(Settled(Status with { RaftIndex = 99, AppliedIndex = 98, DbSizeBytes = 12 }));
        foreach (
            var changed in new[] { Status with { LeaderId = 9 }, Status with { RaftTerm = 8 }, Status with { LinearizableRead = false } }
        )
        {
            Assert.False(Settled(changed));
            _time.Advance(TimeSpan.FromSeconds(10));
            Assert.True(Settled(changed));
        }

        Assert.False(Settled(Status, new MembershipLive(1, [new(2, "orders-0", "http://a", false)])));
        Assert.False(Settled(Status, new MembershipLive(1, [new(2, "orders-0", "http://a", true)])));
    }

    [Fact]
    public void After_three_joins_that_failed_the_next_is_due_after_a_pause_that_doubles()
    {
        var retry = new Backoff(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(60));
        Assert.False(_history.IsJoinDue(2, retry, _time));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_history.IsJoinDue(2, retry, _time));
        Assert.False(_history.IsJoinDue(3, retry, _time));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(_history.IsJoinDue(3, retry, _time));

        Assert.False(_history.IsJoinDue(4, retry, _time));
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.False(_history.IsJoinDue(4, retry, _time));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_history.IsJoinDue(4, retry, _time));
        Assert.False(_history.IsJoinDue(0, retry, _time));
    }

    private EndpointLive Evaluate(EndpointStatus? status) => Evaluate(status, Running);

    private EndpointLive Evaluate(EndpointStatus? status, EtcdRun? run) => _history.Evaluate(0, status, run, Grace, _time);

    private bool Settled(EndpointStatus status, MembershipLive? membership = null) =>
        _history.SettlesIn(
            new EtcdLive
            {
                Cluster = new ClusterKey("etcd", "default", "orders"),
                Membership = membership,
                Members = [new MemberLive(0) { Endpoint = new EndpointLive.Reachable(status) }],
                Settled = false,
            },
            TimeSpan.FromSeconds(10),
            _time
        )
            is null;

    private static EtcdHistory New() => new() { Writers = new("us") };
}
