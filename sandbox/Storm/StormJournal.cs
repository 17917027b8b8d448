using System.Collections.Concurrent;
using System.Globalization;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>What has happened, line by line, and what the operator said meanwhile.</summary>
internal sealed class StormJournal(TextWriter output, string file, TimeProvider time) : IAsyncDisposable
{
    private readonly StreamWriter _file = new(file, append: false) { AutoFlush = true };
    private readonly TextWriter _output = output;
    private readonly ConcurrentQueue<(DateTimeOffset At, string Line)> _heard = new();
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>How often each thing was done.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    public void Tell(string line)
    {
        var stamped = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():HH:mm:ss.fff} {line}");
        lock (_lock)
        {
            _output.WriteLine(stamped);
            _file.WriteLine(stamped);
        }
    }

    public void Count(string what) => _counts.AddOrUpdate(what, 1, (_, count) => count + 1);

    /// <summary>A line of the operator.</summary>
    public void Hear(string line) => _heard.Enqueue((time.GetUtcNow(), line));

    /// <summary>The last lines of the operator that contain a word.</summary>
    public IReadOnlyList<string> Heard(string word, int count) =>
        [.. _heard.Where(entry => entry.Line.Contains(word, StringComparison.Ordinal)).TakeLast(count).Select(entry => entry.Line)];

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
