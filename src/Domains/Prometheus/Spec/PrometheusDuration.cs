using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Domains.Prometheus.Spec;

/// <summary>Durations as Prometheus writes them: <c>15d</c>, <c>1h30m</c>, <c>500ms</c>, each unit once and the largest first.</summary>
public static partial class PrometheusDuration
{
    private static readonly (string Unit, long Milliseconds)[] Units =
    [
        ("y", 31_536_000_000),
        ("w", 604_800_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
        ("ms", 1),
    ];

    public static bool TryParse([NotNullWhen(true)] string? text, out TimeSpan duration)
    {
        duration = default;
        if (text is null or "" || Pattern().Match(text) is not { Success: true } match)
        {
            return false;
        }

        var milliseconds = Units.Sum(unit =>
            match.Groups[unit.Unit] is { Success: true } group
                ? decimal.Parse(group.ValueSpan, CultureInfo.InvariantCulture) * unit.Milliseconds
                : 0
        );
        // The most that Prometheus can hold: 64 bits of nanoseconds.
        if (milliseconds > long.MaxValue / 1_000_000)
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds((long)milliseconds);
        return true;
    }

    [GeneratedRegex(
        @"\A(?:0|(?:(?<y>[0-9]{1,9})y)?(?:(?<w>[0-9]{1,9})w)?(?:(?<d>[0-9]{1,9})d)?"
            + @"(?:(?<h>[0-9]{1,9})h)?(?:(?<m>[0-9]{1,9})m)?(?:(?<s>[0-9]{1,12})s)?(?:(?<ms>[0-9]{1,15})ms)?)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Pattern();
}
