using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace GitOpsOperator.Sandbox.Api.Spdy;

/// <summary>
/// The headers of a connection's streams, which are one compressed stream for all of it. .NET's inflater knows no dictionaries: it is given
/// the dictionary as data that were sent before, uncompressed.
/// </summary>
internal sealed class HeaderReader : IDisposable
{
    private const int MaxBytes = 64 * 1024;
    private const int ZlibHeader = 2;
    private const int DictionaryId = 4;
    private const byte HasDictionary = 0x20;

    private readonly Feed _feed = new();
    private readonly DeflateStream _inflater;
    private bool _begun;

    public HeaderReader() => _inflater = new(_feed, CompressionMode.Decompress);

    /// <exception cref="InvalidDataException">It is not what SPDY says, or too long.</exception>
    public IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> block)
    {
        if (!_begun)
        {
            block = Begin(block);
        }

        _feed.Add(block);
        return Parse(Inflate(MaxBytes));
    }

    public void Dispose() => _inflater.Dispose();

    private ReadOnlySpan<byte> Begin(ReadOnlySpan<byte> block)
    {
        if (block.Length < ZlibHeader + DictionaryId || (block[1] & HasDictionary) == 0)
        {
            throw new InvalidDataException("headers are compressed otherwise than SPDY says");
        }

        // A block that is stored as it is: its kind, its length, and that length's complement.
        var dictionary = HeaderDictionary.Bytes;
        Span<byte> stored = stackalloc byte[5];
        BinaryPrimitives.WriteUInt16LittleEndian(stored[1..], (ushort)dictionary.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(stored[3..], (ushort)~dictionary.Length);
        _feed.Add([.. stored, .. dictionary]);
        _ = Inflate(dictionary.Length);
        _begun = true;
        return block[(ZlibHeader + DictionaryId)..];
    }

    private byte[] Inflate(int most)
    {
        var text = new byte[most + 1];
        var length = 0;
        while (length < text.Length && _inflater.Read(text, length, text.Length - length) is > 0 and var read)
        {
            length += read;
        }

        return length <= most ? text[..length] : throw new InvalidDataException($"more than {most} bytes of headers");
    }

    private static Dictionary<string, string> Parse(ReadOnlySpan<byte> text)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var left = Number(ref text); left > 0; left--)
        {
            var name = Text(ref text);
            headers[name] = Text(ref text);
        }

        return headers;
    }

    private static string Text(ref ReadOnlySpan<byte> text)
    {
        var length = Number(ref text);
        if (length > text.Length)
        {
            throw new InvalidDataException("headers end too early");
        }

        var value = Encoding.UTF8.GetString(text[..length]);
        text = text[length..];
        return value;
    }

    private static int Number(ref ReadOnlySpan<byte> text)
    {
        if (!BinaryPrimitives.TryReadInt32BigEndian(text, out var number) || number < 0)
        {
            throw new InvalidDataException("headers end too early");
        }

        text = text[4..];
        return number;
    }

    /// <summary>Gives what has come so far, and ends until more comes.</summary>
    private sealed class Feed : Stream
    {
        private readonly Queue<byte> _bytes = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            foreach (var value in bytes)
            {
                _bytes.Enqueue(value);
            }
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var length = Math.Min(count, _bytes.Count);
            for (var i = 0; i < length; i++)
            {
                buffer[offset + i] = _bytes.Dequeue();
            }

            return length;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
