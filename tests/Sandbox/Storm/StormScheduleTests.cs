using GitOpsOperator.Sandbox.Storm;

namespace GitOpsOperator.Sandbox.Tests.Storm;

public sealed class StormScheduleTests
{
    [Fact]
    public void A_seed_draws_the_same_again() => Assert.Equal(StormSchedule.Of(7).Take(200), StormSchedule.Of(7).Take(200));

    [Fact]
    public void Another_seed_draws_something_else() => Assert.NotEqual(StormSchedule.Of(7).Take(20), StormSchedule.Of(8).Take(20));

    [Fact]
    public void Everything_is_drawn_sooner_or_later() =>
        Assert.Equal(StormAction.All.Count, StormSchedule.Of(1).Take(1000).Select(drawn => drawn.Action).Distinct().Count());

    [Theory]
    [InlineData(false, 2, 2, 3, true)]
    [InlineData(true, 2, 2, 3, false)]
    [InlineData(false, 1, 2, 3, false)]
    [InlineData(false, 0, 2, 3, false)]
    [InlineData(false, 3, 4, 5, true)]
    [InlineData(false, 0, 0, 0, false)]
    public void A_volume_is_one_of_a_listed_member_where_a_quorum_of_the_others_lists_it(
        bool byPerson,
        int listedBy,
        int answered,
        int voters,
        bool expected
    ) =>
        Assert.Equal(
            expected,
            new DeletedVolume(
                "data-orders-1-0",
                DateTimeOffset.UnixEpoch,
                byPerson,
                [.. Enumerable.Range(0, listedBy).Select(index => $"orders-{index}")],
                answered,
                voters,
                []
            ).OfListedMember
        );

    [Theory]
    [InlineData("20", 20, 20)]
    [InlineData("1-120", 1, 120)]
    [InlineData("0.5-2", 0.5, 2)]
    public void A_delay_is_drawn_from_its_range(string text, double from, double to) =>
        Assert.InRange(DelayRange.Parse(text)!.Draw().TotalSeconds, from, to);

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("9-3")]
    [InlineData("1-2-3")]
    [InlineData("-1")]
    public void What_is_no_range_is_none(string text) => Assert.Null(DelayRange.Parse(text));
}
