using System.Globalization;

namespace GitOpsOperator.Drift.Comparison;

/// <summary>Times as reports of drift write them: whole seconds of UTC (RFC 3339).</summary>
public static class DriftTime
{
    public const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static string Shown(DateTimeOffset time) => time.ToUniversalTime().ToString(Format, CultureInfo.InvariantCulture);
}
