using System.Text;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>What a container left as its last word: the file it wrote, or the end of its log where the pod asks for that.</summary>
internal static class TerminationMessage
{
    public const string DefaultPath = "/dev/termination-log";

    // A kubelet's own limits.
    private const int MaxBytesOfFile = 4096;
    private const int MaxBytesOfLog = 2048;
    private const int MaxLinesOfLog = 80;

    /// <param name="logStart">Where this run of the container begins in the log, which all its runs share.</param>
    public static string? Read(V1Container container, string file, string log, long logStart, int exitCode)
    {
        var message = Tail(file, 0, MaxBytesOfFile);
        if (message.Length == 0 && exitCode != 0 && container.TerminationMessagePolicy == "FallbackToLogsOnError")
        {
            message = LastLines(Tail(log, logStart, MaxBytesOfLog));
        }

        return message.Length == 0 ? null : message;
    }

    private static string Tail(string path, long from, int mostBytes)
    {
        if (!File.Exists(path))
        {
            return "";
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = Math.Max(Math.Min(from, stream.Length), stream.Length - mostBytes);
        var bytes = new byte[stream.Length - stream.Position];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static string LastLines(string text)
    {
        var lines = text.TrimEnd('\n').Split('\n');
        return string.Join('\n', lines.TakeLast(MaxLinesOfLog));
    }
}
