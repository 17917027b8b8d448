using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using GitOpsOperator.Sandbox.Api.Spdy;
using Microsoft.AspNetCore.Http.Features;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>
/// <c>pods/portforward</c>: for each connection that the client takes it opens two streams, one for what goes to and fro and one for what
/// goes wrong. kubectl since 1.31 sends SPDY through a WebSocket, and SPDY itself where that is refused; older ones only the latter.
/// </summary>
internal sealed class PortForward(IContainers containers, ApiRequest request)
{
    private const string Protocol = "portforward.k8s.io";
    private const string Tunnelled = "SPDY/3.1+" + Protocol;
    private const string Spdy = "SPDY/3.1";
    private const int BufferSize = 32 * 1024;

    private readonly Dictionary<string, SpdyStream> _alone = new(StringComparer.Ordinal);
    private readonly List<Task> _forwards = [];

    /// <exception cref="ApiException">The client speaks otherwise, or the pod does not run.</exception>
    public static async Task ServeAsync(IContainers containers, ApiRequest request, CancellationToken cancellationToken)
    {
        containers.CheckRuns(request.NamespaceOrNone, request.Name!);
        var context = request.Http.HttpContext;
        if (context.WebSockets.IsWebSocketRequest)
        {
            if (!context.WebSockets.WebSocketRequestedProtocols.Contains(Tunnelled))
            {
                throw ApiException.NotImplemented($"port-forward over a WebSocket otherwise than as {Tunnelled}");
            }

            // Said by hand: .NET holds the slash in this name for a fault.
            context.Response.Headers.SecWebSocketProtocol = Tunnelled;
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await using var tunnel = WebSocketStream.Create(socket, WebSocketMessageType.Binary);
            await new PortForward(containers, request).RunAsync(tunnel, cancellationToken);
        }
        else if (
            context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade
            && context.Request.Headers.Upgrade == Spdy
        )
        {
            context.Response.Headers.Upgrade = Spdy;
            context.Response.Headers.Connection = "Upgrade";
            context.Response.Headers["X-Stream-Protocol-Version"] = Protocol;
            await using var stream = await upgrade.UpgradeAsync();
            await new PortForward(containers, request).RunAsync(stream, cancellationToken);
        }
        else
        {
            throw ApiException.BadRequest($"port-forward is asked for as an upgrade to a WebSocket or to {Spdy}");
        }
    }

    private async Task RunAsync(Stream transport, CancellationToken cancellationToken)
    {
        using var connection = new SpdyConnection(transport);
        try
        {
            await connection.RunAsync(stream => Opened(stream, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or WebSocketException or OperationCanceledException)
        {
            // The client went away in the middle, or says what nobody knows: with the connection end all that it forwards.
        }

        await Task.WhenAll(_forwards);
    }

    private void Opened(SpdyStream stream, CancellationToken cancellationToken)
    {
        var key = stream.Header("requestid") + stream.Header("port");
        if (!_alone.Remove(key, out var other))
        {
            _alone[key] = stream;
            return;
        }

        var (data, error) = stream.Header("streamtype") == "data" ? (stream, other) : (other, stream);
        _forwards.RemoveAll(forward => forward.IsCompletedSuccessfully);
        _forwards.Add(ForwardAsync(data, error, cancellationToken));
    }

    private async Task ForwardAsync(SpdyStream data, SpdyStream error, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, data.Aborted);
        try
        {
            if (await ConnectAsync(data.Header("port"), error, over.Token) is { } socket)
            {
                using (socket)
                {
                    await Task.WhenAll(SendAsync(data, socket, over), ReceiveAsync(socket, data, over.Token));
                }
            }

            await data.EndAsync(over.Token);
            await error.EndAsync(over.Token);
        }
        catch (Exception e)
            when (e is IOException or SocketException or WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side broke off; the client hears it by the end of its streams, or is not there any more.
        }
    }

    private async Task<Socket?> ConnectAsync(string port, SpdyStream error, CancellationToken cancellationToken)
    {
        try
        {
            return ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? await containers.ConnectAsync(request.NamespaceOrNone, request.Name!, number, cancellationToken)
                : throw ApiException.BadRequest($"\"{port}\" is no port");
        }
        catch (Exception e) when (e is SocketException or ApiException)
        {
            await error.WriteAsync(
                Encoding.UTF8.GetBytes($"error forwarding port {port} to pod {request.Name}: {e.Message}"),
                cancellationToken
            );
            return null;
        }
    }

    private static async Task SendAsync(SpdyStream data, Socket socket, CancellationTokenSource over)
    {
        var buffer = new byte[BufferSize];
        while (await data.Input.ReadAsync(buffer, over.Token) is > 0 and var length)
        {
            for (var sent = 0; sent < length; )
            {
                sent += await socket.SendAsync(buffer.AsMemory(sent, length - sent), over.Token);
            }
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task ReceiveAsync(Socket socket, SpdyStream data, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (await socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var length)
        {
            await data.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
        }
    }
}
