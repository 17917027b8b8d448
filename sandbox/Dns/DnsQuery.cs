using System.Buffers.Binary;
using System.Text;

namespace GitOpsOperator.Sandbox.Dns;

/// <summary>A message that asks something, as far as it could be read (RFC 1035 §4.1, RFC 6891 for what the asker can take).</summary>
/// <param name="Flags">As they came, to be given back.</param>
/// <param name="Question">The bytes of the one question, to be given back; empty where there is none that can be read.</param>
/// <param name="Name">In lower case and without the last dot.</param>
/// <param name="Extension">What the asker says of itself by EDNS; null where it says nothing.</param>
internal sealed record DnsQuery(
    ushort Id,
    ushort Flags,
    ReadOnlyMemory<byte> Question,
    string Name,
    DnsType Type,
    ushort Class,
    DnsExtension? Extension
)
{
    public const int HeaderSize = 12;
    public const ushort Internet = 1;
    private const ushort ResponseBit = 0x8000;
    private const int OperationShift = 11;

    /// <summary>0 is a question; all else is something that this is not there for.</summary>
    public int Operation => (Flags >> OperationShift) & 0xF;

    public bool IsMalformed => Question.IsEmpty;

    /// <summary>Null for what deserves no answer: too short to be a message, or an answer itself.</summary>
    public static DnsQuery? Read(ReadOnlyMemory<byte> message)
    {
        var bytes = message.Span;
        if (bytes.Length < HeaderSize)
        {
            return null;
        }

        var (id, flags) = (BinaryPrimitives.ReadUInt16BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        if ((flags & ResponseBit) != 0)
        {
            return null;
        }

        var malformed = new DnsQuery(id, flags, default, "", default, 0, null);
        var (questions, answers, authorities, additional) = (Count(bytes, 4), Count(bytes, 6), Count(bytes, 8), Count(bytes, 10));
        var at = HeaderSize;
        if (questions != 1 || ReadName(bytes, ref at) is not { } name || bytes.Length - at < 4)
        {
            return malformed;
        }

        var (type, @class) = (
            (DnsType)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..])
        );
        at += 4;
        var question = message[HeaderSize..at];
        return TryReadExtension(bytes, at, answers + authorities, additional, out var extension)
            ? new(id, flags, question, name, type, @class, extension)
            : malformed;
    }

    private static ushort Count(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    /// <summary>A question's name stands whole: there is nothing before it that it could point to.</summary>
    private static string? ReadName(ReadOnlySpan<byte> bytes, ref int at)
    {
        var name = new StringBuilder();
        for (var start = at; at < bytes.Length && at - start < DnsName.MaxLength; )
        {
            var length = bytes[at++];
            if (length == 0)
            {
                return name.ToString();
            }

            if (length > DnsName.MaxLabel || at + length > bytes.Length)
            {
                return null;
            }

            if (name.Length > 0)
            {
                name.Append('.');
            }

            // Names here are ASCII. A byte that is none, or a dot inside a label, makes a name that nothing has.
            name.Append(Encoding.ASCII.GetString(bytes.Slice(at, length)).Replace('.', '?').ToLowerInvariant());
            at += length;
        }

        return null;
    }

    private static bool TryReadExtension(ReadOnlySpan<byte> bytes, int at, int before, int additional, out DnsExtension? extension)
    {
        extension = null;
        for (var record = 0; record < before + additional; record++)
        {
            var start = at;
            if (!TrySkipName(bytes, ref at) || bytes.Length - at < DnsExtension.FixedSize)
            {
                return false;
            }

            var fields = bytes.Slice(at, DnsExtension.FixedSize);
            at += DnsExtension.FixedSize + BinaryPrimitives.ReadUInt16BigEndian(fields[8..]);
            if (at > bytes.Length)
            {
                return false;
            }

            if (record >= before && BinaryPrimitives.ReadUInt16BigEndian(fields) == (ushort)DnsType.Extension)
            {
                // One at most, and of the root.
                if (extension is not null || bytes[start] != 0)
                {
                    return false;
                }

                extension = new(BinaryPrimitives.ReadUInt16BigEndian(fields[2..]), fields[5]);
            }
        }

        return true;
    }

    private static bool TrySkipName(ReadOnlySpan<byte> bytes, ref int at)
    {
        while (at < bytes.Length)
        {
            var length = bytes[at++];
            if (length == 0)
            {
                return true;
            }

            if (length >= DnsName.Pointer)
            {
                // A pointer ends a name; where it leads is of no interest to who skips it.
                at++;
                return at <= bytes.Length;
            }

            if (length > DnsName.MaxLabel)
            {
                return false;
            }

            at += length;
        }

        return false;
    }
}
