using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace GitOpsOperator.Sync.Git.Network;

/// <summary>
/// The child process's side: reads one request, talks to the remote, writes one reply. libgit2 has no timeout and its
/// callbacks are not called while a server is silent, so the only sure way to end a call is to end its process.
/// </summary>
public static class GitNetworkChild
{
    /// <summary>The hidden command that starts it: <c>gitops-operator git-network</c>.</summary>
    public const string Command = "git-network";

    private const int MaxRequestBytes = 256 * 1024;

    /// <summary>Returns the exit code. Ends the whole process when the input closes or the deadline passes: never call it in a process that
    /// does anything else.</summary>
    public static async Task<int> RunAsync(Stream input, Stream output)
    {
        try
        {
            await AnswerAsync(input, output);
            return 0;
        }
        catch (Exception e)
        {
            // The parent reads these words. Unhandled, the runtime would abort, and the core it leaves holds the token.
            await Console.Error.WriteAsync($"{e.GetType().Name}: {e.Message}");
            return 1;
        }
    }

    private static async Task AnswerAsync(Stream input, Stream output)
    {
        var (line, after) = await ReadLineAsync(input);
        var request =
            JsonSerializer.Deserialize(line.Span, GitNetworkJson.Default.GitNetworkRequest)
            ?? throw new InvalidDataException("The request is null.");

        // The parent holds the input open as long as it waits. When it is killed, nobody may be left fetching into its directory.
        _ = EndWithInputAsync(input, after);
        using var deadline = new Timer(static _ => End(), null, request.DeadlineMilliseconds, Timeout.Infinite);

        var reply = GitNetworkCalls.Run(request);
        await JsonSerializer.SerializeAsync(output, reply, GitNetworkJson.Default.GitNetworkReply);
        await output.FlushAsync();
    }

    private static async Task<(ReadOnlyMemory<byte> Line, int After)> ReadLineAsync(Stream input)
    {
        var buffer = new ArrayBufferWriter<byte>();
        while (buffer.WrittenCount < MaxRequestBytes)
        {
            var read = await input.ReadAsync(buffer.GetMemory(4096));
            if (read == 0)
            {
                throw new EndOfStreamException("The request ended before its line did.");
            }

            buffer.Advance(read);
            var end = buffer.WrittenSpan.IndexOf((byte)'\n');
            if (end >= 0)
            {
                return (buffer.WrittenMemory[..end], buffer.WrittenCount - end - 1);
            }
        }

        throw new InvalidDataException($"The request is longer than {MaxRequestBytes} bytes.");
    }

    private static async Task EndWithInputAsync(Stream input, int after)
    {
        var nothing = new byte[1];
        if (after == 0 && await input.ReadAsync(nothing) == 0)
        {
            End();
        }
    }

    // Environment.Exit would wait for the thread that hangs in native code.
    private static void End()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
