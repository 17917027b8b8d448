using System.Text;

namespace GitOpsOperator.Sandbox.History;

/// <summary>
/// A file to which lines are appended, in one order for all that write to it. Each is handed to the kernel before this returns, so a killed
/// writer loses none.
/// </summary>
internal sealed class AppendedLines(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private readonly Lock _lock = new();

    public void Append(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (_lock)
        {
            _file.Write(bytes);
        }
    }

    /// <summary>The whole lines of a file that may still be written to: one torn by a kill is left out.</summary>
    public static async Task<string[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var text = await reader.ReadToEndAsync(cancellationToken);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose() => _file.Dispose();
}
