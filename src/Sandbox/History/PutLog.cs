using System.Globalization;
using System.Text;

namespace GitOpsOperator.Sandbox.History;

/// <summary>Appends to a history file. Each event is handed to the kernel before the call it announces, so a killed writer loses none.</summary>
internal sealed class PutLog : IDisposable
{
    private readonly FileStream _file;
    private readonly Lock _lock = new();

    public PutLog(string path)
    {
        // Numbers go on where an earlier writer stopped, so that one file can tell of several.
        NextNumber = File.Exists(path) ? File.ReadLines(path).Count(line => line.Contains("\"Sent\"", StringComparison.Ordinal)) + 1 : 1;
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    private long NextNumber { get; set; }

    public long TakeNumber()
    {
        lock (_lock)
        {
            return NextNumber++;
        }
    }

    public void Append(PutEvent put)
    {
        var line = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{put.ToLine()}\n"));
        lock (_lock)
        {
            _file.Write(line);
        }
    }

    public void Dispose() => _file.Dispose();
}
