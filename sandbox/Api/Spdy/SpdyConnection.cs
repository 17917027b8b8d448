using System.Buffers.Binary;

namespace GitOpsOperator.Sandbox.Api.Spdy;

/// <summary>
/// The server's side of SPDY/3.1, which kubectl port-forward speaks through a WebSocket: as much of it as Go's spdystream uses, without
/// windows, pushes and priorities.
/// </summary>
internal sealed class SpdyConnection(Stream transport) : IDisposable
{
    private const ushort Version = 0x8003;
    private const int FrameHead = 8;
    private const int MaxControlBytes = 64 * 1024;
    private const int MaxStreams = 1_000;
    private const int BufferSize = 32 * 1024;
    private const byte Final = 1;

    private readonly Dictionary<int, SpdyStream> _streams = [];
    private readonly SemaphoreSlim _sending = new(1);
    private readonly HeaderReader _headers = new();
    private readonly byte[] _buffer = new byte[BufferSize];
    private bool _replied;

    private enum Control : ushort
    {
        SynStream = 1,
        SynReply = 2,
        RstStream = 3,
        Ping = 6,
        GoAway = 7,
        Headers = 8,
    }

    public void Dispose()
    {
        _sending.Dispose();
        _headers.Dispose();
    }

    /// <summary>Until the client ends it or hangs up. <paramref name="opened"/> is told of each stream that the client opens, and returns
    /// at once.</summary>
    /// <exception cref="InvalidDataException">The client says what SPDY does not know.</exception>
    public async Task RunAsync(Action<SpdyStream> opened, CancellationToken cancellationToken)
    {
        var head = new byte[FrameHead];
        try
        {
            while (await transport.ReadAtLeastAsync(head, FrameHead, throwOnEndOfStream: false, cancellationToken) == FrameHead)
            {
                var (first, rest) = (BinaryPrimitives.ReadUInt32BigEndian(head), BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4)));
                var (flags, length) = ((byte)(rest >> 24), (int)(rest & 0xffffff));
                if (first >> 31 == 0)
                {
                    await ReceiveDataAsync((int)first, flags, length, cancellationToken);
                }
                else if (first >> 16 != Version || length > MaxControlBytes)
                {
                    throw new InvalidDataException("not a frame of SPDY/3.1");
                }
                else if (!await ReceiveControlAsync((Control)(first & 0xffff), flags, length, opened, cancellationToken))
                {
                    return;
                }
            }
        }
        finally
        {
            foreach (var stream in _streams.Values)
            {
                stream.Reset();
            }
        }
    }

    public async Task SendDataAsync(int stream, ReadOnlyMemory<byte> bytes, bool last, CancellationToken cancellationToken)
    {
        var frame = new byte[FrameHead + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, stream);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), bytes.Length);
        frame[4] = last ? Final : (byte)0;
        bytes.CopyTo(frame.AsMemory(FrameHead));
        await SendAsync(frame, cancellationToken);
    }

    private async Task ReceiveDataAsync(int id, byte flags, int length, CancellationToken cancellationToken)
    {
        var stream = _streams.GetValueOrDefault(id);
        while (length > 0)
        {
            var part = _buffer.AsMemory(0, Math.Min(length, _buffer.Length));
            await transport.ReadExactlyAsync(part, cancellationToken);
            length -= part.Length;
            if (stream is { Aborted.IsCancellationRequested: false })
            {
                await stream.ReceiveAsync(part, cancellationToken);
            }
        }

        if ((flags & Final) != 0)
        {
            stream?.ReceiveEnd();
        }
    }

    /// <returns>False where the client says goodbye.</returns>
    private async Task<bool> ReceiveControlAsync(
        Control type,
        byte flags,
        int length,
        Action<SpdyStream> opened,
        CancellationToken cancellationToken
    )
    {
        var body = new byte[length];
        await transport.ReadExactlyAsync(body, cancellationToken);
        switch (type)
        {
            case Control.SynStream:
                await OpenAsync(NumberIn(body, 0), flags, _headers.Read(Rest(body, 10)), opened, cancellationToken);
                break;
            case Control.Headers:
                // They tell nothing that anybody asks for, but what comes after is compressed by them.
                _ = _headers.Read(Rest(body, 4));
                break;
            case Control.RstStream:
                _streams.GetValueOrDefault(NumberIn(body, 0))?.Reset();
                _streams.Remove(NumberIn(body, 0));
                break;
            case Control.Ping:
                await SendControlAsync(Control.Ping, body, cancellationToken);
                break;
            case Control.GoAway:
                return false;
        }

        return true;
    }

    private async Task OpenAsync(
        int id,
        byte flags,
        IReadOnlyDictionary<string, string> headers,
        Action<SpdyStream> opened,
        CancellationToken cancellationToken
    )
    {
        var stream = new SpdyStream(this, id, headers);
        if (_streams.Count >= MaxStreams || !_streams.TryAdd(id, stream))
        {
            throw new InvalidDataException($"more than {MaxStreams} streams, or one twice");
        }

        if ((flags & Final) != 0)
        {
            stream.ReceiveEnd();
        }

        await ReplyAsync(id, cancellationToken);
        opened(stream);
    }

    /// <summary>A reply without headers: their count, 0, compressed as a block that is stored as it is, and an empty one, up to which all
    /// is read.</summary>
    private async Task ReplyAsync(int id, CancellationToken cancellationToken)
    {
        byte[] none = [0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
        byte[] block = _replied ? none : [0x78, 0x01, .. none];
        var body = new byte[4 + block.Length];
        BinaryPrimitives.WriteInt32BigEndian(body, id);
        block.CopyTo(body, 4);
        _replied = true;
        await SendControlAsync(Control.SynReply, body, cancellationToken);
    }

    private async Task SendControlAsync(Control type, byte[] body, CancellationToken cancellationToken)
    {
        var frame = new byte[FrameHead + body.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, Version);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)type);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), body.Length);
        body.CopyTo(frame, FrameHead);
        await SendAsync(frame, cancellationToken);
    }

    private async Task SendAsync(byte[] frame, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await transport.WriteAsync(frame, cancellationToken);
            await transport.FlushAsync(cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    private static int NumberIn(byte[] body, int at) => BinaryPrimitives.ReadInt32BigEndian(Rest(body, at)) & int.MaxValue;

    private static ReadOnlySpan<byte> Rest(byte[] body, int from) =>
        body.Length >= from + 4 ? body.AsSpan(from) : throw new InvalidDataException("a frame that is too short");
}
