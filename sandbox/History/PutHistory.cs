using System.Text.Json;

namespace GitOpsOperator.Sandbox.History;

/// <summary>
/// What a client did to an etcd cluster and what it was told, read back from the file that it wrote. Judging it needs only the
/// keys that the cluster holds in the end.
/// </summary>
public sealed class PutHistory
{
    public const string KeyPrefix = "history/";

    private readonly SortedDictionary<long, (PutEvent Sent, PutEvent? End)> _puts = [];

    private PutHistory() { }

    public int Acknowledged => AcknowledgedNumbers.Count();

    public int Refused => _puts.Values.Count(put => put.End?.Outcome == PutOutcome.Error);

    public int Unknown => _puts.Count - Acknowledged - Refused;

    public static string KeyOf(long number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{KeyPrefix}{number:D10}");

    public static string ValueOf(long number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"value-{number}");

    /// <summary>Reads a history file; a last line torn by a kill is left out, any other is a fault.</summary>
    public static async Task<PutHistory> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var history = new PutHistory();
        foreach (var line in await AppendedLines.ReadAsync(path, cancellationToken))
        {
            history.Add(PutEvent.Parse(line));
        }

        return history;
    }

    /// <summary>Longest time between two acknowledged puts, in milliseconds: how long the cluster took no writes.</summary>
    public long MaxPause()
    {
        var times = _puts.Values.Where(put => put.End?.Outcome == PutOutcome.Ok).Select(put => put.End!.At).Order().ToList();
        return times.Zip(times.Skip(1), (before, after) => after - before).DefaultIfEmpty(0).Max();
    }

    /// <summary>Numbers of the acknowledged puts, in order.</summary>
    public IEnumerable<long> AcknowledgedNumbers => _puts.Where(put => put.Value.End?.Outcome == PutOutcome.Ok).Select(put => put.Key);

    /// <summary>Whether a put was on its way at some time of a span: sent before the span ended and not ended before it began.</summary>
    public bool InFlightBetween(long from, long to) =>
        _puts.Values.Any(put => put.Sent.At <= to && (put.End is null || put.End.At >= from));

    /// <summary>Numbers of the acknowledged puts that <paramref name="stored"/> does not hold with their value.</summary>
    public IReadOnlyList<long> Lost(IReadOnlyDictionary<string, string> stored) =>
        [.. AcknowledgedNumbers.Where(number => !stored.TryGetValue(KeyOf(number), out var value) || value != ValueOf(number))];

    private void Add(PutEvent put)
    {
        if (put.Outcome == PutOutcome.Sent)
        {
            _puts.Add(put.Number, (put, null));
        }
        else if (_puts.TryGetValue(put.Number, out var known))
        {
            _puts[put.Number] = known with { End = put };
        }
        else
        {
            throw new JsonException($"The history ends put {put.Number}, which it never sent");
        }
    }
}
