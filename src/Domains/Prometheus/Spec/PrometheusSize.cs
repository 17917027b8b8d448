using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Domains.Prometheus.Spec;

/// <summary>
/// Sizes as Prometheus reads and writes them: <c>512MB</c>, <c>10GiB</c>, <c>1GiB512MiB</c>. Units count in 1024 with and without the i.
/// </summary>
public static partial class PrometheusSize
{
    private const string Units = "BKMGTPE";

    /// <param name="bytes">At most 2⁶³ − 1.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out long bytes)
    {
        bytes = 0;
        if (text is null || Pattern().Match(text) is not { Success: true } match)
        {
            return false;
        }

        var total = 0m;
        for (var part = 0; part < match.Groups["number"].Captures.Count; part++)
        {
            var power = Units.IndexOf(match.Groups["unit"].Captures[part].Value[0], StringComparison.Ordinal);
            total += decimal.Parse(match.Groups["number"].Captures[part].ValueSpan, CultureInfo.InvariantCulture) * (1L << (10 * power));
        }

        if (total > long.MaxValue)
        {
            return false;
        }

        bytes = (long)total;
        return true;
    }

    [GeneratedRegex(
        @"\A(?:(?<number>[0-9]{1,15}(?:\.[0-9]{1,9})?)(?<unit>[KMGTPE]i?B|B))+\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Pattern();
}
