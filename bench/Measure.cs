using System.Diagnostics;
using System.Globalization;

namespace GitOpsOperator.Bench;

/// <summary>Runs a piece of work a few times and prints the best, its memory, and its ratio to a baseline of the same run.</summary>
internal static class Measure
{
    private const int Rounds = 3;

    /// <param name="work">Gives something about its result that belongs into the table, or nothing.</param>
    /// <returns>Seconds of the best round.</returns>
    public static double Print(string name, Func<string> work, double? baseline = null, string baselineName = "")
    {
        var best = double.MaxValue;
        var allocated = 0L;
        var result = "";
        for (var round = 0; round < Rounds; round++)
        {
            GC.Collect();
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var clock = Stopwatch.StartNew();
            result = work();
            var took = clock.Elapsed.TotalSeconds;
            if (took < best)
            {
                (best, allocated) = (took, GC.GetTotalAllocatedBytes(precise: true) - before);
            }
        }

        var ratio = baseline is { } other ? string.Create(CultureInfo.InvariantCulture, $"{best / other:0.###} × {baselineName}") : "";
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {best * 1000:0.0} ms | {allocated / 1e6:0.0} MB | {ratio} | {result} |"
            )
        );
        return best;
    }

    public static void Head(string title) =>
        Console.WriteLine($"\n### {title}\n\n| what | best of {Rounds} | allocated | ratio | result |\n|---|--:|--:|---|---|");
}
