using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>
/// Carries connections over one pair of byte streams, such as the input and output of a program: what is accepted at one end is connected
/// at the other. A frame is the connection's number, a length, and so many bytes; a length below 1 says what has become of the connection.
/// </summary>
internal sealed class Tunnel(Stream input, Stream output) : IDisposable
{
    private const int HeaderSize = 8;
    private const int BufferSize = 32 * 1024;

    /// <summary>One direction has ended in order.</summary>
    private const int Ended = 0;

    private const int Broken = -1;
    private const int Opened = -2;

    private readonly ConcurrentDictionary<int, Connection> _connections = [];
    private readonly SemaphoreSlim _sending = new(1);

    public void Dispose() => _sending.Dispose();

    /// <summary>The end that listens, until the other one hangs up.</summary>
    public async Task AcceptAsync(Socket listener, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var accepting = AcceptAllAsync(listener, over.Token);
        try
        {
            await ReceiveAsync(_ => throw new InvalidDataException("Both ends of the tunnel accept"), over.Token);
        }
        finally
        {
            await over.CancelAsync();
            await accepting;
        }
    }

    /// <summary>The end that connects, until the other one hangs up.</summary>
    public Task ConnectAsync(Func<CancellationToken, Task<Socket>> connect, CancellationToken cancellationToken) =>
        ReceiveAsync(connect, cancellationToken);

    private async Task AcceptAllAsync(Socket listener, CancellationToken cancellationToken)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                var socket = await listener.AcceptAsync(cancellationToken);
                await SendAsync(number, Opened, default, cancellationToken);
                Open(number, socket, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
    }

    private void Open(int number, Socket socket, CancellationToken cancellationToken)
    {
        var connection = _connections[number] = new(socket);
        connection.Sending = SendAllAsync(number, connection, cancellationToken);
    }

    private async Task ReceiveAsync(Func<CancellationToken, Task<Socket>> connect, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderSize];
        var buffer = new byte[BufferSize];
        try
        {
            while (await input.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellationToken) == HeaderSize)
            {
                var (number, length) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)));
                if (length is < Opened or > BufferSize)
                {
                    throw new InvalidDataException($"A frame of {length} bytes: what arrives is not of a tunnel");
                }

                var content = buffer.AsMemory(0, Math.Max(0, length));
                await input.ReadExactlyAsync(content, cancellationToken);
                await TakeAsync(number, length, content, connect, cancellationToken);
            }
        }
        finally
        {
            var left = _connections.Values.ToList();
            foreach (var connection in left)
            {
                connection.Socket.Dispose();
            }

            await Task.WhenAll(left.Select(connection => connection.Sending));
        }
    }

    private async Task TakeAsync(
        int number,
        int length,
        ReadOnlyMemory<byte> content,
        Func<CancellationToken, Task<Socket>> connect,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (length == Opened)
            {
                Open(number, await connect(cancellationToken), cancellationToken);
            }
            else if (!_connections.TryGetValue(number, out var connection))
            {
                // Over at this end, which the other has not heard yet.
            }
            else if (length == Broken)
            {
                // So does whoever is connected here hear of it: reset, not ended.
                connection.Socket.LingerState = new(enable: true, seconds: 0);
                Close(number, connection);
            }
            else if (length == Ended)
            {
                connection.Socket.Shutdown(SocketShutdown.Send);
                HalfOver(number, connection);
            }
            else
            {
                for (var sent = 0; sent < length; )
                {
                    sent += await connection.Socket.SendAsync(content[sent..], cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await SendAsync(number, Broken, default, cancellationToken);
        }
    }

    private async Task SendAllAsync(int number, Connection connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        try
        {
            int length;
            do
            {
                length = await connection.Socket.ReceiveAsync(buffer, cancellationToken);
                await SendAsync(number, length, buffer.AsMemory(0, length), cancellationToken);
            } while (length > 0);

            HalfOver(number, connection);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Close(number, connection);
            await SendAsync(number, Broken, default, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            Close(number, connection);
        }
    }

    private void HalfOver(int number, Connection connection)
    {
        if (connection.HalfOver())
        {
            Close(number, connection);
        }
    }

    private void Close(int number, Connection connection)
    {
        _connections.TryRemove(number, out _);
        connection.Socket.Dispose();
    }

    private async Task SendAsync(int number, int length, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var frame = new byte[HeaderSize + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, number);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), length);
        content.CopyTo(frame.AsMemory(HeaderSize));
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await output.WriteAsync(frame, cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
            // Nobody is at the other end any more, which the end of the input tells as well.
        }
        finally
        {
            _sending.Release();
        }
    }

    private sealed class Connection(Socket socket)
    {
        private int _halvesOver;

        public Socket Socket => socket;

        /// <summary>Ends once nothing more comes out of the socket.</summary>
        public Task Sending { get; set; } = Task.CompletedTask;

        /// <returns>Whether both directions have ended.</returns>
        public bool HalfOver() => Interlocked.Increment(ref _halvesOver) == 2;
    }
}
