using System.Collections.Immutable;
using System.Globalization;
using System.IO.Enumeration;
using GitOpsOperator.Specs;
using Quartz;

namespace GitOpsOperator.Operator.Admission;

/// <summary>A time that comes again and again, and in which clusters may be disrupted.</summary>
/// <param name="Opens">When it opens, with its time zone.</param>
internal sealed record MaintenanceWindow(CronExpression Opens, TimeSpan Duration)
{
    /// <summary>Keys of the clusters that it is about, <c>*</c> standing for any number of characters.</summary>
    public ImmutableArray<string> Clusters { get; init; } = ["*"];

    /// <exception cref="FormatException">It is no cron expression of Quartz, or names no time zone.</exception>
    public static MaintenanceWindow Parse(string cron, TimeSpan duration, string timeZone)
    {
        try
        {
            return new(new(cron, TimeZoneInfo.FindSystemTimeZoneById(timeZone)), duration);
        }
        catch (Exception error) when (error is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new FormatException($"'{timeZone}' is no time zone; give a name of the IANA database, such as Europe/Berlin", error);
        }
    }

    public bool IsAbout(ClusterKey cluster) =>
        Clusters.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, cluster.ToString(), ignoreCase: false));

    public bool IsOpen(DateTimeOffset now) => Opens.GetNextValidTimeAfter(now - Duration) <= now;

    /// <summary>Null where it never opens again.</summary>
    public DateTimeOffset? NextOpening(DateTimeOffset now) => Opens.GetNextValidTimeAfter(now);

    /// <summary>A moment as the clocks of the window's time zone show it.</summary>
    public string Local(DateTimeOffset moment) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeZoneInfo.ConvertTime(moment, Opens.TimeZone):yyyy-MM-dd HH:mm} {Opens.TimeZone.Id}"
        );
}
