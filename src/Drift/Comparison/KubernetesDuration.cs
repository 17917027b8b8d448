using System.Globalization;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Drift.Comparison;

/// <summary>Durations as Go and Prometheus write them: <c>500ms</c>, <c>60s</c>, <c>1h30m</c>, <c>15d</c>.</summary>
public static partial class KubernetesDuration
{
    /// <summary>Milliseconds; null for what is no duration.</summary>
    public static decimal? Parse(string text)
    {
        if (text.Length is 0 or > 32 || Whole().Match(text) is not { Success: true } match)
        {
            return text == "0" ? 0 : null;
        }

        var total = 0m;
        foreach (Capture part in match.Groups["part"].Captures)
        {
            var split = part.Value.AsSpan().IndexOfAnyInRange('a', 'z');
            total += decimal.Parse(part.Value.AsSpan(0, split), CultureInfo.InvariantCulture) * Milliseconds(part.Value[split..]);
        }

        return total;
    }

    private static decimal Milliseconds(string unit) =>
        unit switch
        {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 7 * 86_400_000m,
            _ => 365 * 86_400_000m,
        };

    [GeneratedRegex(@"\A(?<part>[0-9]{1,9}(?:\.[0-9]{1,9})?(?:ms|s|m|h|d|w|y))+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
