using System.Globalization;

namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// Order of resourceVersions of one kind. They count up on every API server there is; where they are no numbers, none is known to be newer
/// than another.
/// </summary>
public static class ObjectVersion
{
    public static bool IsNewer(string? version, string? than) => TryRead(version, than, out var left, out var right) && left > right;

    /// <summary>The very same one is new enough in any case.</summary>
    public static bool IsAtLeast(string? version, string? desired) =>
        TryRead(version, desired, out var left, out var right) ? left >= right : version is not null && version == desired;

    private static bool TryRead(string? version, string? other, out ulong left, out ulong right)
    {
        right = 0;
        return ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out left)
            && ulong.TryParse(other, NumberStyles.None, CultureInfo.InvariantCulture, out right);
    }
}
