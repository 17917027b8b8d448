using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Dns;

/// <summary>The name server of the pods, on the node's address, over UDP and TCP.</summary>
internal sealed class DnsResponder : IDisposable
{
    public const int Port = 53;

    // Of either transport; TCP gives a message's length in so many bytes before it.
    private const int MaxMessage = ushort.MaxValue;
    private const int LengthSize = 2;
    private const int Backlog = 128;

    /// <summary>For which a connection may say nothing: a resolver asks at once, and asks again where it was cut off.</summary>
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(5);

    private readonly ClusterZone _zone;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Socket _datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _streams = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <param name="port">0 takes a free one.</param>
    public DnsResponder(ClusterZone zone, IPAddress address, TimeProvider time, ILogger logger, int port = Port)
    {
        (_zone, _time, _logger) = (zone, time, logger);
        _streams.Bind(new IPEndPoint(address, port));
        _streams.Listen(Backlog);
        _datagrams.Bind(Endpoint);
    }

    /// <summary>Where it is asked, over UDP and TCP alike.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)_streams.LocalEndPoint!;

    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAny(ReceiveAsync(cancellationToken), AcceptAsync(cancellationToken)).Unwrap();

    public void Dispose()
    {
        _datagrams.Dispose();
        _streams.Dispose();
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxMessage];
        while (true)
        {
            var received = await _datagrams.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), cancellationToken);
            if (_zone.Answer(buffer.AsMemory(0, received.ReceivedBytes))?.ToDatagram() is not { } answer)
            {
                continue;
            }

            try
            {
                await _datagrams.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, cancellationToken);
            }
            catch (SocketException e)
            {
                // The asker's way is gone, as of a pod that has just been removed.
                _logger.LogDebug("no answer to {Asker}: {Reason}", received.RemoteEndPoint, e.Message);
            }
        }
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            _ = ServeAsync(await _streams.AcceptAsync(cancellationToken), cancellationToken);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            while (await ReadAsync(stream, cancellationToken) is { } message && _zone.Answer(message)?.ToBytes() is { } answer)
            {
                await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            _logger.LogDebug("a connection of a resolver ended: {Reason}", e.Message);
        }
    }

    /// <summary>The next message; null where there is none.</summary>
    private async Task<byte[]?> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(IdleLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        var length = new byte[LengthSize];
        if (await stream.ReadAtLeastAsync(length, LengthSize, throwOnEndOfStream: false, either.Token) < LengthSize)
        {
            return null;
        }

        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(message, either.Token);
        return message;
    }
}
