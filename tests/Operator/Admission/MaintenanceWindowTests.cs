using System.Globalization;
using GitOpsOperator.Operator.Admission;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Specs;
using Microsoft.Extensions.Time.Testing;

namespace GitOpsOperator.Operator.Tests.Admission;

public sealed class MaintenanceWindowTests
{
    private static readonly ClusterKey Orders = new("etcd", "shop", "orders");

    [Theory]
    [InlineData("2026-11-25T20:59:59Z", false)]
    [InlineData("2026-11-25T21:00:00Z", true)]
    [InlineData("2026-11-26T00:59:59Z", true)]
    [InlineData("2026-11-26T01:00:00Z", false)]
    [InlineData("2026-11-28T22:00:00Z", false)]
    // Summer time: the same wall clock is an hour earlier.
    [InlineData("2026-07-01T19:59:59Z", false)]
    [InlineData("2026-07-01T20:00:00Z", true)]
    public void It_is_open_by_the_clocks_of_its_time_zone(string now, bool open) => Assert.Equal(open, State(now, Window()) is null);

    [Fact]
    public void While_it_is_closed_the_next_opening_is_told_in_local_time()
    {
        var held = State("2026-11-27T23:30:00Z", Window(), Window(cron: "0 30 6 ? * SUN"))!;

        // Friday night, still open until 02:00 of Saturday; after that Sunday comes before Monday.
        Assert.Null(State("2026-11-28T00:30:00Z", Window()));
        Assert.Null(held);
        held = State("2026-11-28T01:30:00Z", Window(), Window(cron: "0 30 6 ? * SUN"))!;
        Assert.Equal("maintenance-window", held.Rule);
        Assert.EndsWith("which opens at 2026-11-29 06:30 Europe/Berlin", held.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", false)]
    [InlineData("etcd/shop/*", false)]
    [InlineData("etcd/shop/orders", false)]
    [InlineData("prometheus/*", true)]
    [InlineData("etcd/team-b/*", true)]
    public void It_is_about_the_clusters_that_it_names(string pattern, bool free)
    {
        var window = Window();
        window.Clusters = [pattern];

        Assert.Equal(free, State("2026-11-25T12:00:00Z", window) is null);
    }

    [Fact]
    public void Where_there_is_none_every_time_is_good() => Assert.Null(State("2026-11-25T12:00:00Z"));

    [Fact]
    public void One_that_never_opens_again_is_said_to() =>
        Assert.Contains(
            "opens ever again",
            State("2026-11-25T12:00:00Z", Window(cron: "0 0 0 1 1 ? 2026"))!.Reason,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("0 0 22 ? * MON-FRI", "Europe/Berlin", 4, null)]
    [InlineData("0 22 * * 1", "Europe/Berlin", 4, "w[0]: ")]
    [InlineData("0 0 22 ? * MON-FRI", "Mars/Olympus", 4, "w[0]: 'Mars/Olympus' is no time zone")]
    [InlineData("0 0 22 ? * MON-FRI", "UTC", 0, "w[0].duration: 0 s is too short")]
    [InlineData("0 0 22 ? * MON-FRI", "UTC", 200, "w[0].duration: 8.33")]
    [InlineData("0 0 0 30 2 ?", "UTC", 4, "w[0]: ")]
    public void What_is_no_window_is_a_fault_of_the_configuration(string cron, string zone, int hours, string? fault)
    {
        var faults = new MaintenanceWindowConfiguration
        {
            Cron = cron,
            TimeZone = zone,
            Duration = TimeSpan.FromHours(hours),
        }
            .Errors("w[0]")
            .ToArray();

        Assert.Equal(fault is not null, faults.Length > 0);
        Assert.All(faults, told => Assert.StartsWith(fault!, told, StringComparison.Ordinal));
    }

    private static MaintenanceWindowConfiguration Window(string cron = "0 0 22 ? * MON-FRI") =>
        new()
        {
            Cron = cron,
            Duration = TimeSpan.FromHours(4),
            TimeZone = "Europe/Berlin",
        };

    private static Reconcile.Loop.Denied? State(string now, params MaintenanceWindowConfiguration[] windows) =>
        new MaintenanceWindows(
            windows.Select(window => window.Window),
            new FakeTimeProvider(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture))
        ).State(Orders);
}
