using System.Globalization;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>A storm in words.</summary>
internal static class StormReport
{
    public static IEnumerable<string> Of(StormOptions options, StormVerdict verdict, IReadOnlyDictionary<string, int> counts, string status)
    {
        var (puts, registers) = (verdict.Puts, verdict.Registers);
        yield return string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}, minutes {options.Duration.TotalMinutes:0.#}");
        yield return $"acknowledged {puts.Acknowledged}, unknown {puts.Unknown}, refused {puts.Refused}, lost "
            + (verdict.Lost is { } lost ? $"{lost.Count}{Some(lost)}" : "not known: nothing could be read")
            + $", longest pause {puts.MaxPause()} ms";
        if (verdict.WriterEnded is { } ended)
        {
            yield return $"the writer ended: {ended}";
        }

        yield return !registers.Inexplicable.IsEmpty
            ? $"not linearizable: {string.Join(", ", registers.Inexplicable)}"
            : $"linearizable: {verdict.Answered} reads, writes and swaps of shared keys, undecided keys: {registers.Undecided.Length}";
        yield return "actions: "
            + string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key} {count.Value}"));
        yield return $"volumes deleted: {verdict.Volumes.Count}, by hand {verdict.Volumes.Count(volume => volume.ByPerson)}, "
            + $"of members that a quorum listed {verdict.Volumes.Count(volume => volume.OfListedMember)}, "
            + $"unclear {verdict.Volumes.Count(volume => volume.Unclear)}";
        foreach (var volume in verdict.Volumes)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  {volume.At:HH:mm:ss} {volume.Claim}{(volume.ByPerson ? " by hand" : "")}: listed by {volume.ListedBy.Count} of "
                    + $"{volume.Answered} that answered, voters {volume.Voters}{(volume.OfListedMember ? " VIOLATION" : "")}"
            );
            foreach (var words in volume.Words)
            {
                yield return $"    {words}";
            }
        }

        yield return $"final status: {status}";
        yield return verdict.Converged is { } way ? $"not converged: {way}" : "converged";
        yield return verdict.Holds ? "verdict: holds" : "verdict: VIOLATED";
    }

    private static string Some(IReadOnlyList<long> numbers) =>
        numbers.Count == 0 ? "" : $" ({string.Join(", ", numbers.Take(10))}{(numbers.Count > 10 ? ", …" : "")})";
}
