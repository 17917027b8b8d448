using System.Globalization;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>
/// <c>pods/exec</c> over a WebSocket: each message is one byte that names the channel, and the bytes that went through it
/// (v4.channel.k8s.io; v5 adds the end of the input). What older clients speak instead, SPDY, is not known here.
/// </summary>
internal sealed class ExecStream : IDisposable
{
    private const byte Input = 0;
    private const byte Output = 1;
    private const byte Error = 2;
    private const byte Result = 3;
    private const byte End = 255;
    private const int BufferSize = 32 * 1024;

    private static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    private readonly WebSocket _socket;
    private readonly SemaphoreSlim _sending = new(1);

    private ExecStream(WebSocket socket) => _socket = socket;

    public void Dispose() => _sending.Dispose();

    /// <exception cref="ApiException">The request asks for what is not known here, or names no running container.</exception>
    public static async Task ServeAsync(IContainers containers, ApiRequest request, CancellationToken cancellationToken)
    {
        var (http, sockets) = (request.Http, request.Http.HttpContext.WebSockets);
        var shell = containers.Find(
            request.NamespaceOrNone,
            request.Name!,
            request.Query("container") is { Length: > 0 } name ? name : null
        );
        if (!sockets.IsWebSocketRequest)
        {
            throw ApiException.NotImplemented("exec over SPDY: kubectl 1.31 and later speak WebSocket");
        }

        if (request.Query("tty") is "true" or "1")
        {
            throw ApiException.NotImplemented("a terminal (kubectl exec -t)");
        }

        var protocol =
            Protocols.FirstOrDefault(sockets.WebSocketRequestedProtocols.Contains)
            ?? throw ApiException.BadRequest($"none of the protocols {string.Join(", ", Protocols)} was offered");
        string[] command = [.. http.Query["command"].OfType<string>()];
        if (command.Length == 0)
        {
            throw ApiException.BadRequest("a command is needed");
        }

        using var socket = await sockets.AcceptWebSocketAsync(protocol);
        using var stream = new ExecStream(socket);
        await stream.RunAsync(shell, command, takesInput: request.Query("stdin") is "true" or "1", cancellationToken);
    }

    private async Task RunAsync(IContainerShell shell, string[] command, bool takesInput, CancellationToken cancellationToken)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var input = new Pipe();
        if (!takesInput)
        {
            await input.Writer.CompleteAsync();
        }

        // Also where no input is wanted: only who receives answers the client's pings and hears it hang up.
        var receiving = ReceiveAsync(input.Writer, running);
        try
        {
            var exitCode = await shell.ExecAsync(
                command,
                new(input.Reader.AsStream(), new Channel(this, Output), new Channel(this, Error)),
                running.Token
            );
            await SendAsync(Result, Encoding.UTF8.GetBytes(StatusOf(exitCode).ToJsonString()), cancellationToken);
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
            await receiving;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The client went away in the middle, and the command was ended with it: there is nobody to tell.
        }
        finally
        {
            await running.CancelAsync();
            await receiving;
        }
    }

    /// <summary>Until the client closes, which ends the command.</summary>
    private async Task ReceiveAsync(PipeWriter input, CancellationTokenSource running)
    {
        var buffer = new byte[BufferSize];
        try
        {
            var (channel, first) = (Input, true);
            while (await _socket.ReceiveAsync(buffer.AsMemory(), running.Token) is { MessageType: not WebSocketMessageType.Close } message)
            {
                var content = buffer.AsMemory(0, message.Count);
                if (first && content.Length > 0)
                {
                    (channel, content) = (content.Span[0], content[1..]);
                }

                first = message.EndOfMessage;
                if (channel == End)
                {
                    await input.CompleteAsync();
                }
                else if (channel == Input && content.Length > 0)
                {
                    await input.WriteAsync(content, running.Token);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // As told above: the client is gone, or the command has ended.
        }

        await input.CompleteAsync();
        await running.CancelAsync();
    }

    private async Task SendAsync(byte channel, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var message = new byte[content.Length + 1];
        message[0] = channel;
        content.CopyTo(message.AsMemory(1));
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    private static JsonObject StatusOf(int exitCode)
    {
        if (exitCode == 0)
        {
            return new() { ["metadata"] = new JsonObject(), ["status"] = "Success" };
        }

        var code = exitCode.ToString(CultureInfo.InvariantCulture);
        return new()
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = $"command terminated with non-zero exit code: {code}",
            ["reason"] = "NonZeroExitCode",
            ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = code }) },
        };
    }

    /// <summary>What is written to it goes out as messages of one channel.</summary>
    private sealed class Channel(ExecStream owner, byte number) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await owner.SendAsync(number, buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
