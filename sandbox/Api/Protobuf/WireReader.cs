using System.Buffers.Binary;

namespace GitOpsOperator.Sandbox.Api.Protobuf;

/// <summary>A field's value in protobuf's encoding: bytes, or a number.</summary>
internal readonly ref struct WireValue
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ulong? _number;

    public WireValue(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public WireValue(ulong number) => _number = number;

    /// <exception cref="FormatException">It is a number.</exception>
    public ReadOnlySpan<byte> Bytes => _number is null ? _bytes : throw new FormatException("a number where bytes are to be");

    /// <exception cref="FormatException">It is bytes.</exception>
    public ulong Number => _number ?? throw new FormatException("bytes where a number is to be");
}

/// <summary>Protobuf's encoding: numbered fields, each a number or bytes.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int BytesType = 2;
    private const int Fixed32Type = 5;

    private ReadOnlySpan<byte> _left = bytes;

    /// <summary>Of the field that was read last.</summary>
    public WireValue Value { get; private set; }

    /// <summary>Goes to the next field, and gives its number; 0 at the end.</summary>
    /// <exception cref="FormatException">It ends too early, or has what protobuf does not know.</exception>
    public int Next()
    {
        if (_left.IsEmpty)
        {
            return 0;
        }

        var tag = Varint();
        Value = (tag & 7) switch
        {
            VarintType => new(Varint()),
            Fixed64Type => new(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))),
            Fixed32Type => new(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))),
            BytesType => new(Take(Varint())),
            var other => throw new FormatException($"unknown wire type {other}"),
        };
        return tag >> 3 is > 0 and <= int.MaxValue and var field ? (int)field : throw new FormatException($"field number {tag >> 3}");
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("a number of more than 64 bits");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_left.Length)
        {
            throw new FormatException("it ends in the middle of a field");
        }

        var taken = _left[..(int)count];
        _left = _left[(int)count..];
        return taken;
    }
}
