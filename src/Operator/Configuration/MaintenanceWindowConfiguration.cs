using GitOpsOperator.Operator.Admission;

namespace GitOpsOperator.Operator.Configuration;

/// <summary>A time in which members and replicas may be restarted, moved or removed. What has begun in it is finished.</summary>
public sealed class MaintenanceWindowConfiguration
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>When it opens: a cron expression of Quartz, with seconds first, such as <c>0 0 22 ? * MON-FRI</c>.</summary>
    public string Cron { get; set; } = "";

    /// <summary>How long it stays open.</summary>
    public TimeSpan Duration { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A name of the IANA database.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>
    /// Keys of the clusters that it is about, <c>*</c> standing for any number of characters: <c>etcd/team-a/*</c>. Default: all of the
    /// repository.
    /// </summary>
    public IList<string> Clusters { get; set; } = ["*"];

    internal MaintenanceWindow Window => MaintenanceWindow.Parse(Cron, Duration, TimeZone) with { Clusters = [.. Clusters] };

    internal IEnumerable<string> Errors(string where)
    {
        foreach (var error in ConfigurationValidation.AtLeast($"{where}.duration", Duration, Shortest))
        {
            yield return error;
        }

        if (Duration > Longest)
        {
            yield return $"{where}.duration: {Duration.TotalDays} days are too long; at most {Longest.TotalDays}";
        }

        if (Clusters is not { Count: > 0 })
        {
            yield return $"{where}.clusters: names nothing; leave it out to mean every cluster of the repository";
        }

        if (Malformed() is { } malformed)
        {
            yield return $"{where}: {malformed}";
        }
    }

    private string? Malformed()
    {
        try
        {
            return Window.NextOpening(DateTimeOffset.UnixEpoch) is null ? $"cron: '{Cron}' never comes" : null;
        }
        catch (FormatException error)
        {
            return error.Message.TrimEnd('.');
        }
    }
}
