using GitOpsOperator.Reconcile.Recording;

namespace GitOpsOperator.Reconcile.Tests.Proofs;

/// <summary>What is seen of a real cluster, part by part, held against what the model knows to come. The world takes its steps in any
/// order, and the watches show them in any order.</summary>
internal static class SeenParts
{
    /// <param name="known">Of a part's name what may be seen of it.</param>
    /// <param name="mayBeUnseen">Parts that need no reason not to be seen for a moment.</param>
    public static IEnumerable<string> Unknown(
        IReadOnlyDictionary<string, string> before,
        IReadOnlyDictionary<string, string> after,
        Func<string, IReadOnlySet<string>> known,
        Func<string, bool> mayBeUnseen
    )
    {
        foreach (var (part, seen) in after)
        {
            var values = known(part);

            // What goes may be seen going.
            if (
                !values.Contains(seen)
                && !(
                    seen.StartsWith(PassParts.Going, StringComparison.Ordinal)
                    && values.Contains(PassParts.Nothing)
                    && values.Any(value => value != PassParts.Nothing)
                )
            )
            {
                yield return $"{part} is '{seen}', where the model knows {string.Join(", ", values.Select(value => $"'{value}'"))}";
            }
        }

        foreach (var (part, was) in before)
        {
            if (!after.ContainsKey(part) && !mayBeUnseen(part) && !known(part).Contains(PassParts.Nothing))
            {
                yield return $"{part}, which was '{was}', is gone";
            }
        }
    }
}
