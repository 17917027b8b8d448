namespace GitOpsOperator.Sandbox.History;

/// <summary>Appends to a history file, and numbers its puts.</summary>
internal sealed class PutLog : IDisposable
{
    private readonly AppendedLines _lines;
    private long _lastNumber;

    public PutLog(string path)
    {
        // Numbers go on where an earlier writer stopped, so that one file can tell of several.
        _lastNumber = File.Exists(path) ? File.ReadLines(path).Count(line => line.Contains("\"Sent\"", StringComparison.Ordinal)) : 0;
        _lines = new(path);
    }

    public long TakeNumber() => Interlocked.Increment(ref _lastNumber);

    public void Append(PutEvent put) => _lines.Append(put.ToLine());

    public void Dispose() => _lines.Dispose();
}
