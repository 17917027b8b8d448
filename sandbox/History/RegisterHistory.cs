using System.Collections.Immutable;
using System.Text.Json;

namespace GitOpsOperator.Sandbox.History;

/// <summary>
/// What several clients did to the same keys and were told, in the order in which they did it. Each key by itself has to be linearizable:
/// as if every call had been done at one moment between its begin and its end (Herlihy and Wing, 1990; keys by themselves suffice).
/// </summary>
public sealed class RegisterHistory
{
    private readonly Dictionary<string, List<RegisterOperation>> _keys = new(StringComparer.Ordinal);

    private RegisterHistory() { }

    /// <summary>Calls whose answer is known.</summary>
    public int Answered => _keys.Values.Sum(operations => operations.Count(operation => operation.End is not null));

    public static string PathBeside(string historyPath) => historyPath + ".registers";

    public static async Task<RegisterHistory> ReadAsync(string path, CancellationToken cancellationToken) =>
        Of((await AppendedLines.ReadAsync(path, cancellationToken)).Select(RegisterEvent.Parse));

    public static RegisterHistory Of(IEnumerable<RegisterEvent> events)
    {
        var history = new RegisterHistory();
        var open = new Dictionary<long, (int At, RegisterEvent Sent)>();
        var time = 0;
        foreach (var one in events)
        {
            time++;
            if (one.Outcome == RegisterOutcome.Sent)
            {
                open.Add(one.Number, (time, one));
            }
            else if (open.Remove(one.Number, out var sent))
            {
                history.Add(sent.At, one.Outcome == RegisterOutcome.Unknown ? null : time, sent.Sent, one);
            }
            else
            {
                throw new JsonException($"The history ends call {one.Number}, which it never sent");
            }
        }

        foreach (var (at, sent) in open.Values)
        {
            history.Add(at, null, sent, sent with { Outcome = RegisterOutcome.Unknown });
        }

        return history;
    }

    /// <summary>Searches each key's history.</summary>
    public RegisterResult Verify()
    {
        var verdicts = _keys
            .Select(key => (key.Key, Holds: Linearizability.Holds(key.Value)))
            .OrderBy(key => key.Key, StringComparer.Ordinal)
            .ToList();
        return new(
            [.. verdicts.Where(key => key.Holds == false).Select(key => key.Key)],
            [.. verdicts.Where(key => key.Holds is null).Select(key => key.Key)]
        );
    }

    private void Add(int begin, int? end, RegisterEvent sent, RegisterEvent ended)
    {
        // What was refused, and a read without an answer, say nothing of the key.
        if (ended.Outcome == RegisterOutcome.Error || (ended.Outcome == RegisterOutcome.Unknown && sent.Call == RegisterCall.Get))
        {
            return;
        }

        if (!_keys.TryGetValue(sent.Key, out var operations))
        {
            _keys[sent.Key] = operations = [];
        }

        operations.Add(new(begin, end, sent.Call, ended.Outcome, sent.Call == RegisterCall.Get ? ended.Value : sent.Value, sent.Expected));
    }
}

/// <param name="Inexplicable">Keys of which no order of the calls explains the answers.</param>
/// <param name="Undecided">Keys of which it would take too long to say.</param>
public sealed record RegisterResult(ImmutableArray<string> Inexplicable, ImmutableArray<string> Undecided);

/// <summary>One call on one key.</summary>
/// <param name="Begin">Before which moment it was not done.</param>
/// <param name="End">After which moment it was not done; null where that is not known.</param>
internal sealed record RegisterOperation(int Begin, int? End, RegisterCall Call, RegisterOutcome Outcome, string? Value, string? Expected)
{
    /// <summary>Whether it may be done with this value, and what the value is then.</summary>
    public (bool Possible, string? Value) On(string? value) =>
        (Call, Outcome) switch
        {
            (RegisterCall.Get, _) => (value == Value, value),
            (RegisterCall.Put, _) => (true, Value),
            (_, RegisterOutcome.Ok) => (value == Expected, Value),
            (_, RegisterOutcome.Other) => (value != Expected, value),
            _ => (true, value == Expected ? Value : value),
        };
}
