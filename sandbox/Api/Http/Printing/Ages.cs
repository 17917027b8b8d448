using System.Globalization;

namespace GitOpsOperator.Sandbox.Api.Http.Printing;

/// <summary>How long ago something was, as short as kubectl says it.</summary>
internal static class Ages
{
    public static string Since(string? timestamp, DateTimeOffset now) =>
        DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var then)
            ? Of(now - then)
            : "<unknown>";

    private static string Of(TimeSpan age) =>
        age switch
        {
            { TotalSeconds: < -1 } => "<invalid>",
            { TotalSeconds: < 120 } => Text(Math.Max(0, age.TotalSeconds), "s"),
            { TotalMinutes: < 10 } => Text(age.TotalMinutes, "m", age.Seconds, "s"),
            { TotalHours: < 3 } => Text(age.TotalMinutes, "m"),
            { TotalHours: < 8 } => Text(age.TotalHours, "h", age.Minutes, "m"),
            { TotalHours: < 48 } => Text(age.TotalHours, "h"),
            { TotalDays: < 8 } => Text(age.TotalDays, "d", age.Hours, "h"),
            _ => Text(age.TotalDays, "d"),
        };

    private static string Text(double number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{(int)number}{unit}");

    private static string Text(double number, string unit, int rest, string restUnit) =>
        Text(number, unit) + (rest > 0 ? Text(rest, restUnit) : "");
}
