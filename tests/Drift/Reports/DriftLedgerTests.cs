using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Ledger;

namespace GitOpsOperator.Drift.Tests.Reports;

public sealed class DriftLedgerTests
{
    private static readonly DriftFact Replicas = new(
        "StatefulSet/orders-0",
        "spec.replicas",
        DriftClass.Drift,
        "1",
        "0",
        new("hpa", "Update", null),
        Reverts: true,
        "reverted"
    );

    [Fact]
    public void First_seen_stands_still_while_a_difference_stays()
    {
        var time = new Clock();
        var ledger = new DriftLedger(new(), time);
        ledger.Take([Replicas]);
        var first = ledger.Entries;
        time.Now += TimeSpan.FromMinutes(3);
        ledger.Take([Replicas]);
        Assert.Equal(first.AsEnumerable(), ledger.Entries);
    }

    [Fact]
    public void What_is_cured_stays_in_the_report_for_a_while_and_then_leaves_it()
    {
        var time = new Clock();
        var ledger = new DriftLedger(new(), time);
        ledger.Take([Replicas]);
        ledger.Take([]);
        Assert.NotNull(Assert.Single(ledger.Entries).CuredAt);
        time.Now += TimeSpan.FromMinutes(1);
        ledger.Take([]);
        Assert.Empty(ledger.Entries);
    }

    [Fact]
    public void The_same_field_put_back_five_times_in_ten_minutes_is_left_and_its_other_owner_named()
    {
        var time = new Clock();
        var ledger = new DriftLedger(new(), time);
        for (var round = 0; round < 5; round++)
        {
            Assert.True(Assert.Single(ledger.Take([Replicas])).Reverts, $"round {round}");
            ledger.NoteRevert(Replicas.Target);
            ledger.Take([]);
            time.Now += TimeSpan.FromMinutes(1);
        }

        Assert.False(Assert.Single(ledger.Take([Replicas])).Reverts);
        Assert.Contains(
            "the other owner is hpa",
            Assert.Single(ledger.Entries, entry => entry.CuredAt is null).Action,
            StringComparison.Ordinal
        );

        // It stays stopped while the other stays, however long, and begins again once the other has given up.
        time.Now += TimeSpan.FromHours(1);
        Assert.False(Assert.Single(ledger.Take([Replicas])).Reverts);
        ledger.Take([]);
        Assert.True(Assert.Single(ledger.Take([Replicas])).Reverts);
    }

    [Fact]
    public void Fewer_times_than_that_within_the_window_are_no_fight()
    {
        var time = new Clock();
        var ledger = new DriftLedger(new(), time);
        for (var round = 0; round < 12; round++)
        {
            Assert.True(Assert.Single(ledger.Take([Replicas])).Reverts, $"round {round}");
            ledger.NoteRevert(Replicas.Target);
            ledger.Take([]);
            time.Now += TimeSpan.FromMinutes(2.5);
        }
    }

    /// <summary>What cannot be reverted must not be the only thing that is tried.</summary>
    [Fact]
    public void What_could_not_be_reverted_waits_longer_each_time()
    {
        var time = new Clock();
        var ledger = new DriftLedger(new(), time);
        foreach (var pause in new[] { 10, 20, 40 })
        {
            Assert.True(Assert.Single(ledger.Take([Replicas])).Reverts, $"before {pause}");
            ledger.NoteFailure(Replicas.Target, "it is somebody else's");
            time.Now += TimeSpan.FromSeconds(pause - 1);
            Assert.False(Assert.Single(ledger.Take([Replicas])).Reverts, $"within {pause}");
            var entry = Assert.Single(ledger.Entries);
            Assert.Equal(("could not be reverted: it is somebody else's", $"tried again after {pause} s"), (entry.Action, entry.When));
            time.Now += TimeSpan.FromSeconds(1);
        }

        ledger.NoteRevert(Replicas.Target);
        ledger.NoteFailure(Replicas.Target, "a conflict");
        time.Now += TimeSpan.FromSeconds(10);
        Assert.True(Assert.Single(ledger.Take([Replicas])).Reverts);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.UtcTicks;
    }
}
