using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace GitOpsOperator.Domains.Prometheus.Spec;

/// <summary>A release of Prometheus: <c>3.5.0</c>, <c>v2.53.3</c>, <c>3.0.0-rc.0</c>. A pre-release comes before its release.</summary>
public readonly partial record struct PrometheusVersion : IComparable<PrometheusVersion>
{
    private PrometheusVersion(int major, int minor, int patch, string preRelease) =>
        (Major, Minor, Patch, PreRelease) = (major, minor, patch, preRelease);

    public int Major { get; }

    public int Minor { get; }

    public int Patch { get; }

    /// <summary><c>rc.0</c>; empty for a release.</summary>
    public string PreRelease { get; }

    public static PrometheusVersion Parse(string text) =>
        TryParse(text, out var version) ? version : throw new FormatException($"'{text}' is no version of Prometheus, such as 3.5.0");

    /// <param name="text">Minor and patch may be missing, as upstream takes <c>v2</c> and <c>2.53</c>.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out PrometheusVersion version)
    {
        version = default;
        if (text is null || Pattern().Match(text) is not { Success: true } match)
        {
            return false;
        }

        version = new(
            Number(match.Groups["major"]),
            Number(match.Groups["minor"]),
            Number(match.Groups["patch"]),
            match.Groups["pre"].Value
        );
        return true;

        static int Number(Group group) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    public override string ToString() => $"{Major}.{Minor}.{Patch}{(PreRelease is { Length: > 0 } ? "-" + PreRelease : "")}";

    public int CompareTo(PrometheusVersion other)
    {
        var byRelease = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        return byRelease != 0 ? byRelease : ComparePreReleases(PreRelease ?? "", other.PreRelease ?? "");
    }

    public static bool operator <(PrometheusVersion left, PrometheusVersion right) => left.CompareTo(right) < 0;

    public static bool operator <=(PrometheusVersion left, PrometheusVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >(PrometheusVersion left, PrometheusVersion right) => left.CompareTo(right) > 0;

    public static bool operator >=(PrometheusVersion left, PrometheusVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Part by part, numbers as numbers (https://semver.org/#spec-item-11).</summary>
    private static int ComparePreReleases(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return right.Length.CompareTo(left.Length);
        }

        var (lefts, rights) = (left.Split('.'), right.Split('.'));
        for (var i = 0; i < Math.Min(lefts.Length, rights.Length); i++)
        {
            var byPart = (int.TryParse(lefts[i], out var leftNumber), int.TryParse(rights[i], out var rightNumber)) switch
            {
                (true, true) => leftNumber.CompareTo(rightNumber),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(lefts[i], rights[i]),
            };
            if (byPart != 0)
            {
                return byPart;
            }
        }

        return lefts.Length.CompareTo(rights.Length);
    }

    [GeneratedRegex(
        @"\Av?(?<major>0|[1-9][0-9]{0,4})(?:\.(?<minor>0|[1-9][0-9]{0,4})(?:"
            + @"\.(?<patch>0|[1-9][0-9]{0,4})(?:-(?<pre>[0-9A-Za-z.-]{1,64}))?)?)?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Pattern();
}
