using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Operator.Admission;
using GitOpsOperator.Specs;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsOperator.Operator.Tests.Admission;

public sealed class DisruptionLimiterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ChangeSignal _changes = new();

    [Fact]
    public void No_more_are_in_than_the_limit_and_one_that_is_in_stays_in()
    {
        var limiter = new DisruptionLimiter(2, _changes, _time);

        Assert.Null(limiter.TryAcquire(Of("a"), false));
        Assert.Null(limiter.TryAcquire(Of("b"), false));
        Assert.Equal("its turn: of all clusters at most 2 are changed at once, now etcd/a, etcd/b", limiter.TryAcquire(Of("c"), true));
        Assert.Null(limiter.TryAcquire(Of("a"), false));
    }

    [Fact]
    public void Whoever_leaves_wakes_those_who_wait_and_the_longest_wait_comes_first()
    {
        var limiter = new DisruptionLimiter(1, _changes, _time);
        limiter.TryAcquire(Of("a"), false);
        Assert.NotNull(limiter.TryAcquire(Of("c"), false));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(limiter.TryAcquire(Of("b"), false));
        var notified = _changes.Count;

        limiter.Release(Of("a"));

        Assert.Equal(notified + 1, _changes.Count);
        Assert.NotNull(limiter.TryAcquire(Of("b"), false));
        Assert.NotNull(limiter.TryAcquire(Of("a"), false));
        Assert.Null(limiter.TryAcquire(Of("c"), false));
    }

    [Fact]
    public void Who_is_worse_off_comes_before_who_has_waited_longer()
    {
        var limiter = new DisruptionLimiter(1, _changes, _time);
        limiter.TryAcquire(Of("a"), false);
        limiter.TryAcquire(Of("b"), false);
        _time.Advance(TimeSpan.FromSeconds(5));
        limiter.TryAcquire(Of("c"), true);
        limiter.Release(Of("a"));

        Assert.NotNull(limiter.TryAcquire(Of("b"), false));
        Assert.Null(limiter.TryAcquire(Of("c"), true));
    }

    [Fact]
    public void Who_has_stopped_asking_holds_up_nobody()
    {
        var limiter = new DisruptionLimiter(1, _changes, _time);
        limiter.TryAcquire(Of("a"), false);
        limiter.TryAcquire(Of("b"), true);
        limiter.Release(Of("a"));
        _time.Advance(TimeSpan.FromMinutes(3));

        Assert.Null(limiter.TryAcquire(Of("c"), false));
    }

    [Fact]
    public void One_that_makes_no_progress_makes_room_in_the_end()
    {
        var limiter = new DisruptionLimiter(1, _changes, _time);
        limiter.TryAcquire(Of("a"), false);
        _time.Advance(DisruptionLimiter.SlotTimeout - TimeSpan.FromSeconds(1));
        Assert.NotNull(limiter.TryAcquire(Of("b"), false));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(limiter.TryAcquire(Of("b"), false));
        Assert.False(limiter.HasSlot(Of("a")));
    }

    [Theory, InlineData(1), InlineData(3), InlineData(7)]
    public void Over_a_long_time_all_have_their_turns_and_the_limit_holds(int limit)
    {
        var random = new Random(limit);
        var limiter = new DisruptionLimiter(limit, _changes, _time);
        var clusters = Enumerable.Range(0, 20).Select(number => Of($"c{number}")).ToArray();
        var turns = clusters.ToDictionary(cluster => cluster, _ => 0);
        var inside = new HashSet<ClusterKey>();
        for (var round = 0; round < 20_000; round++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            var cluster = clusters[random.Next(clusters.Length)];
            if (inside.Contains(cluster) && random.Next(3) == 0)
            {
                limiter.Release(cluster);
                inside.Remove(cluster);
            }
            else if (limiter.TryAcquire(cluster, random.Next(10) == 0) is null && inside.Add(cluster))
            {
                turns[cluster]++;
            }

            Assert.True(inside.Count <= limit);
        }

        Assert.True(
            turns.Values.Min() * 3 >= turns.Values.Max(),
            string.Join(", ", turns.Select(entry => $"{entry.Key} had {entry.Value} turns"))
        );
    }

    private static ClusterKey Of(string name) => new("etcd", "default", name);
}
