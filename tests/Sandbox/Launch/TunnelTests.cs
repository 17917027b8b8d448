using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GitOpsOperator.Sandbox.Launch;

namespace GitOpsOperator.Sandbox.Tests.Launch;

/// <summary>Both ends of a tunnel in one process, with real sockets at either side.</summary>
public sealed class TunnelTests : IAsyncLifetime
{
    private readonly List<NetworkStream> _streams = [];
    private readonly List<Tunnel> _tunnels = [];
    private readonly Socket _entrance = Listen();
    private readonly Socket _server = Listen();
    private readonly List<Task> _ends = [];
    private EndPoint _target = new IPEndPoint(IPAddress.Loopback, 0);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _target = _server.LocalEndPoint!;
        using var between = Listen();
        _streams.Add(new(await SocketForwarder.ConnectAsync(between.LocalEndPoint!, Cancelled), ownsSocket: true));
        _streams.Add(new(await between.AcceptAsync(Cancelled), ownsSocket: true));
        _tunnels.AddRange(_streams.Select(stream => new Tunnel(stream, stream)));
        _ends.Add(_tunnels[0].AcceptAsync(_entrance, Cancelled));
        _ends.Add(_tunnels[1].ConnectAsync(token => SocketForwarder.ConnectAsync(_target, token), Cancelled));
    }

    public async ValueTask DisposeAsync()
    {
        // Each end ends when it hears nothing more.
        _streams.ForEach(stream => stream.Socket.Shutdown(SocketShutdown.Send));
        await Task.WhenAll(_ends).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, CancellationToken.None);
        _tunnels.ForEach(tunnel => tunnel.Dispose());
        _streams.ForEach(stream => stream.Dispose());
        _entrance.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Many_connections_at_once_keep_their_bytes_apart()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async index =>
                {
                    using var client = await ConnectAsync();
                    using var server = await _server.AcceptAsync(Cancelled);
                    var sent = RandomNumberGenerator.GetBytes(500_000 + index);

                    // The server that accepts is any client's: it sends back what it gets, so each client must see its own.
                    var echoing = EchoAsync(server);
                    var sending = SendAsync(client, sent);
                    Assert.Equal(sent, await ReceiveAllAsync(client));
                    await Task.WhenAll(echoing, sending);
                })
        );
    }

    [Fact]
    public async Task The_end_of_one_direction_leaves_the_other_open()
    {
        using var client = await ConnectAsync();
        using var server = await _server.AcceptAsync(Cancelled);
        client.Shutdown(SocketShutdown.Send);
        Assert.Empty(await ReceiveAllAsync(server));

        await SendAsync(server, [1, 2, 3]);

        Assert.Equal([1, 2, 3], await ReceiveAllAsync(client));
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_ends_the_connection_and_not_the_tunnel()
    {
        using (var gone = Listen())
        {
            _target = gone.LocalEndPoint!;
        }

        // The reset may be there before the client knows that it was connected.
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = await ConnectAsync();
            await ReceiveAllAsync(client);
        });

        _target = _server.LocalEndPoint!;
        using var second = await ConnectAsync();
        using var server = await _server.AcceptAsync(Cancelled);
        await SendAsync(second, [7]);
        Assert.Equal([7], await ReceiveAllAsync(server));
    }

    [Fact]
    public async Task A_connection_that_breaks_off_at_one_end_breaks_off_at_the_other()
    {
        var client = await ConnectAsync();
        using var server = await _server.AcceptAsync(Cancelled);
        client.LingerState = new(enable: true, seconds: 0);

        client.Dispose();

        await Assert.ThrowsAsync<SocketException>(() => ReceiveAllAsync(server));
    }

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    private Task<Socket> ConnectAsync() => SocketForwarder.ConnectAsync(_entrance.LocalEndPoint!, Cancelled);

    private static async Task SendAsync(Socket socket, byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length; )
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), Cancelled);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task EchoAsync(Socket socket)
    {
        await foreach (var bytes in ChunksAsync(socket))
        {
            for (var sent = 0; sent < bytes.Length; )
            {
                sent += await socket.SendAsync(bytes[sent..], Cancelled);
            }
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task<byte[]> ReceiveAllAsync(Socket socket)
    {
        using var received = new MemoryStream();
        await foreach (var bytes in ChunksAsync(socket))
        {
            received.Write(bytes.Span);
        }

        return received.ToArray();
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ChunksAsync(Socket socket)
    {
        var buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer, Cancelled) is var length and > 0)
        {
            yield return buffer.AsMemory(0, length);
        }
    }
}
