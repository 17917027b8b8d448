using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Reconcile.Recording;
using GitOpsOperator.Reconcile.Tests.Proofs;

namespace GitOpsOperator.Domains.Prometheus.Tests.Proofs;

/// <summary>
/// What an operator recorded of one real Prometheus, held against what the model knew at each pass to come next. That a process does not
/// answer for a moment needs no reason.
/// </summary>
internal sealed class RecordedPrometheus(IReadOnlyList<RecordedPass<PrometheusFacts>> passes)
{
    private static readonly ImmutableSortedSet<string> Nothing = [PassParts.Nothing];

    public static async Task<RecordedPrometheus> ReadAsync(string path, CancellationToken cancellationToken) =>
        new(await RecordingFile.ReadAsync<PrometheusFacts>(path, "prometheus", cancellationToken));

    public int Transitions => Math.Max(0, passes.Count - 1);

    /// <summary>Where what was seen is not what the model knew, in the order in which it happened.</summary>
    public IEnumerable<string> Disagreements() =>
        passes
            .Zip(passes.Skip(1))
            .SelectMany(pair =>
                SeenParts
                    .Unknown(
                        pair.First.Facts.Seen,
                        pair.Second.Facts.Seen,
                        part => pair.First.Facts.Possible.GetValueOrDefault(part, Nothing),
                        part => part.EndsWith(" answers", StringComparison.Ordinal)
                    )
                    .Select(unknown => $"{pair.Second.At:O}: after '{pair.First.Decision}': {unknown}")
            );
}
