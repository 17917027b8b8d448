using System.Net.Sockets;
using System.Text;
using GitOpsOperator.Sandbox.Api;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>The sandbox did not do what was asked.</summary>
internal sealed class ControlException(string message) : Exception(message);

/// <summary>
/// Talks to the inside over its unix socket, which is reached across network namespaces through the file system. One request a
/// connection: a line of words separated by blanks, answered by a line "ok …" or "error …".
/// </summary>
internal static class ControlClient
{
    /// <summary>Sends a request and returns what follows "ok".</summary>
    public static async Task<string> AskAsync(string socketPath, string request, CancellationToken cancellationToken)
    {
        using var socket = await SendAsync(socketPath, request, cancellationToken);
        return await AnswerAsync(socket, cancellationToken);
    }

    /// <summary>A connection to an address inside.</summary>
    public static async Task<Socket> ConnectAsync(string socketPath, string host, int port, CancellationToken cancellationToken)
    {
        var socket = await SendAsync(socketPath, string.Create(null, $"connect {host} {port}"), cancellationToken);
        try
        {
            await AnswerAsync(socket, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Has the API server hold the next write of this resource; it is armed when this returns.</summary>
    public static async Task<HeldWrite> HoldAsync(string socketPath, HoldPoint point, string resource, CancellationToken cancellationToken)
    {
        var socket = await SendAsync(socketPath, $"hold {point} {resource}", cancellationToken);
        try
        {
            await AnswerAsync(socket, cancellationToken);
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Reads up to the line's end and not a byte further: what follows belongs to the connection that was asked for.</summary>
    public static async Task<string> ReadLineAsync(Socket socket, CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await socket.ReceiveAsync(one, cancellationToken) == 1 && one[0] != (byte)'\n')
        {
            line.Add(one[0]);
        }

        return Encoding.UTF8.GetString([.. line]);
    }

    public static async Task WriteLineAsync(Socket socket, string line, CancellationToken cancellationToken) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(line.ReplaceLineEndings(" ") + "\n"), cancellationToken);

    private static async Task<Socket> SendAsync(string socketPath, string request, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
            await WriteLineAsync(socket, request, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static async Task<string> AnswerAsync(Socket socket, CancellationToken cancellationToken)
    {
        var answer = await ReadLineAsync(socket, cancellationToken);
        return answer.StartsWith("ok", StringComparison.Ordinal)
            ? answer[2..].Trim()
            : throw new ControlException(
                answer.Length == 0 ? "the sandbox gave no answer" : answer.Replace("error ", "", StringComparison.Ordinal)
            );
    }
}
