using GitOpsOperator.Sandbox.History;
using static GitOpsOperator.Sandbox.History.RegisterCall;
using static GitOpsOperator.Sandbox.History.RegisterOutcome;

namespace GitOpsOperator.Sandbox.Tests.History;

/// <summary>Histories of which it is known whether an order explains them.</summary>
public sealed class RegisterHistoryTests
{
    [Fact]
    public void A_read_sees_what_was_written_before_it() =>
        Assert.True(Explicable(new(1, "k", Put, Sent, "a"), new(1, "k", Put, Ok, "a"), new(2, "k", Get, Sent), new(2, "k", Get, Ok, "a")));

    [Fact]
    public void A_read_that_begins_after_a_write_has_ended_cannot_see_what_was_before_it() =>
        Assert.False(
            Explicable(
                new(1, "k", Put, Sent, "a"),
                new(1, "k", Put, Ok, "a"),
                new(2, "k", Put, Sent, "b"),
                new(2, "k", Put, Ok, "b"),
                new(3, "k", Get, Sent),
                new(3, "k", Get, Ok, "a")
            )
        );

    [Fact]
    public void While_a_write_is_under_way_a_read_may_see_either_and_then_not_the_older_again()
    {
        RegisterEvent[] start =
        [
            new(1, "k", Put, Sent, "a"),
            new(1, "k", Put, Ok, "a"),
            new(2, "k", Put, Sent, "b"),
            new(3, "k", Get, Sent),
        ];

        Assert.True(
            Explicable([.. start, new(3, "k", Get, Ok, "a"), new(4, "k", Get, Sent), new(4, "k", Get, Ok, "b"), new(2, "k", Put, Ok, "b")])
        );
        Assert.False(
            Explicable([.. start, new(3, "k", Get, Ok, "b"), new(4, "k", Get, Sent), new(4, "k", Get, Ok, "a"), new(2, "k", Put, Ok, "b")])
        );
    }

    [Fact]
    public void A_write_without_an_answer_may_be_done_later_or_never_but_not_twice()
    {
        RegisterEvent[] start =
        [
            new(1, "k", Put, Sent, "a"),
            new(1, "k", Put, Unknown, "a"),
            new(2, "k", Put, Sent, "b"),
            new(2, "k", Put, Ok, "b"),
            new(3, "k", Get, Sent),
        ];

        Assert.True(Explicable([.. start, new(3, "k", Get, Ok, "b")]));
        Assert.True(Explicable([.. start, new(3, "k", Get, Ok, "a")]));
        Assert.False(
            Explicable([
                .. start,
                new(3, "k", Get, Ok, "a"),
                new(4, "k", Put, Sent, "c"),
                new(4, "k", Put, Ok, "c"),
                new(5, "k", Get, Sent),
                new(5, "k", Get, Ok, "a"),
            ])
        );
        Assert.False(Explicable([.. start, new(3, "k", Get, Ok, null)]));
    }

    [Fact]
    public void A_refused_write_is_not_seen() =>
        Assert.False(
            Explicable(new(1, "k", Put, Sent, "a"), new(1, "k", Put, Error, "a"), new(2, "k", Get, Sent), new(2, "k", Get, Ok, "a"))
        );

    [Fact]
    public void Of_two_swaps_that_expect_the_same_one_succeeds()
    {
        RegisterEvent[] both = [new(1, "k", Swap, Sent, "a"), new(2, "k", Swap, Sent, "b")];

        Assert.True(Explicable([.. both, new(1, "k", Swap, Ok, "a"), new(2, "k", Swap, Other, "b")]));
        Assert.False(Explicable([.. both, new(1, "k", Swap, Ok, "a"), new(2, "k", Swap, Ok, "b")]));
        Assert.False(Explicable([.. both, new(1, "k", Swap, Other, "a"), new(2, "k", Swap, Other, "b")]));
    }

    [Fact]
    public void Keys_are_judged_by_themselves_and_named()
    {
        var history = RegisterHistory.Of([
            new(1, "good", Put, Sent, "a"),
            new(1, "good", Put, Ok, "a"),
            new(2, "bad", Get, Sent),
            new(2, "bad", Get, Ok, "a"),
            new(3, "good", Get, Sent),
            new(3, "good", Get, Ok, "a"),
        ]);

        Assert.Equal(["bad"], history.Verify().Inexplicable);
        Assert.Equal(3, history.Answered);
    }

    [Fact]
    public void What_a_real_register_does_for_many_clients_at_once_is_explained_and_one_stale_read_is_found()
    {
        var random = new Random(4711);
        string? value = null;
        var events = new List<RegisterEvent>();
        var open = new List<RegisterEvent>();
        for (var number = 1; number <= 3000; number++)
        {
            // Done at its begin; told some time later.
            var sent =
                random.Next(3) == 0 ? new RegisterEvent(number, "k", Put, Sent, $"{number}") : new RegisterEvent(number, "k", Get, Sent);
            value = sent.Call == Put ? sent.Value : value;
            events.Add(sent);
            open.Add(sent with { Outcome = Ok, Value = value });
            while (open.Count > random.Next(6))
            {
                var at = random.Next(open.Count);
                events.Add(open[at]);
                open.RemoveAt(at);
            }
        }

        events.AddRange(open);
        Assert.True(Explicable([.. events]));

        var stale = events.FindIndex(2000, one => one is { Call: Get, Outcome: Ok });
        events[stale] = events[stale] with { Value = events.First(one => one.Call == Put).Value };
        Assert.False(Explicable([.. events]));
    }

    [Fact]
    [Trait("takes", "long")]
    public void A_history_that_takes_too_long_to_search_is_said_to_be_undecided()
    {
        var events = Enumerable
            .Range(1, 40)
            .SelectMany(number =>
                new RegisterEvent[] { new(number, "k", Put, Sent, $"{number}"), new(number, "k", Put, Unknown, $"{number}") }
            )
            .Append(new(100, "k", Get, Sent))
            .Append(new(100, "k", Get, Ok, "never written"));

        Assert.Equal(["k"], RegisterHistory.Of(events).Verify().Undecided);
    }

    private static bool Explicable(params RegisterEvent[] events)
    {
        var verdict = RegisterHistory.Of(events).Verify();
        Assert.Empty(verdict.Undecided);
        return verdict.Inexplicable.IsEmpty;
    }
}
