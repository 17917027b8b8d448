using System.Diagnostics.CodeAnalysis;

namespace GitOpsOperator.Specs.Reading;

/// <summary>The known name that a misspelt one was meant to be.</summary>
public static class NearestName
{
    /// <summary>Null where nothing is near enough to be worth a guess: at most a third of the letters may be wrong.</summary>
    public static string? Of(string name, IReadOnlyCollection<string> known)
    {
        if (name.Length > 60)
        {
            return null;
        }

        var (nearest, distance) = known
            .Select(candidate => (candidate, Distance: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .FirstOrDefault(("", int.MaxValue));
        if (
            name.Length >= 4
            && known.Where(candidate => candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase)).ToArray() is [var longer]
        )
        {
            return longer;
        }

        return distance <= Math.Max(1, Math.Min(name.Length, nearest.Length) / 3) ? nearest : null;
    }

    /// <summary>For the end of a message: <c>; did you mean x?</c> or the allowed names.</summary>
    public static string Hint(string name, IReadOnlyCollection<string> known) =>
        Of(name, known) is { } nearest
            ? $"did you mean \"{nearest}\"?"
            : $"known are {string.Join(", ", known.Order(StringComparer.Ordinal))}";

    /// <summary>Insertions, deletions, changes and swaps of neighbours that turn one into the other.</summary>
    [SuppressMessage("Performance", "CA1814:Prefer jagged arrays over multidimensional", Justification = "The table is a rectangle.")]
    public static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                rows[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)),
                };
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[left.Length, right.Length];
    }
}
