using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace GitOpsOperator.Sandbox.Tests.Dns;

/// <summary>A message as a resolver writes one, and reads one: written from RFC 1035 alone, of nothing of the server's.</summary>
internal sealed record Message(
    ushort Flags,
    byte[] Question,
    IReadOnlyList<Message.Record> Answers,
    IReadOnlyList<Message.Record> Authorities,
    IReadOnlyList<Message.Record> Additional
)
{
    public const ushort Id = 0xBEEF;
    public const ushort A = 1;
    public const ushort Soa = 6;
    public const ushort Ptr = 12;
    public const ushort Aaaa = 28;
    public const ushort Srv = 33;
    public const ushort Opt = 41;
    public const ushort RecursionDesired = 0x0100;

    public sealed record Record(string Name, ushort Type, ushort Class, uint TimeToLive, byte[] Content)
    {
        public IPAddress Address => new(Content);

        public (ushort Port, string Host) Target => (BinaryPrimitives.ReadUInt16BigEndian(Content.AsSpan(4)), NameAt(Content, 6).Name);
    }

    public int Code => Flags & 0xF;

    public bool IsTruncated => (Flags & 0x0200) != 0;

    /// <summary>A query of one question.</summary>
    /// <param name="datagram">What the asker takes, by EDNS; null for a message without.</param>
    public static byte[] Query(
        string name,
        ushort type,
        ushort @class = 1,
        ushort flags = RecursionDesired,
        ushort? datagram = null,
        byte version = 0
    ) =>
        [
            .. Words(Id, flags, 1, 0, 0, (ushort)(datagram is null ? 0 : 1)),
            .. name.Split('.', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]),
            0,
            .. Words(type, @class),
            .. datagram is { } size ? (byte[])[0, .. Words(Opt, size), 0, version, 0, 0, 0, 0] : [],
        ];

    public static byte[] Words(params ushort[] words) => [.. words.SelectMany(word => (byte[])[(byte)(word >> 8), (byte)word])];

    public static Message Read(byte[] bytes)
    {
        ushort Word(int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
        Assert.Equal(Id, Word(0));
        Assert.Equal(0x8000, Word(2) & 0x8000);
        var at = 12;
        for (var question = 0; question < Word(4); question++)
        {
            at = NameAt(bytes, at).Next + 4;
        }

        var asked = bytes[12..at];
        List<Record> Records(int count) =>
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(_ =>
                    {
                        var (name, next) = NameAt(bytes, at);
                        var length = Word(next + 8);
                        at = next + 10 + length;
                        return new Record(
                            name,
                            Word(next),
                            Word(next + 2),
                            BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(next + 4)),
                            bytes[(next + 10)..at]
                        );
                    }),
            ];
        var message = new Message(Word(2), asked, Records(Word(6)), Records(Word(8)), Records(Word(10)));
        Assert.Equal(bytes.Length, at);
        return message;
    }

    private static (string Name, int Next) NameAt(byte[] bytes, int at)
    {
        var labels = new List<string>();
        while (bytes[at] != 0)
        {
            if (bytes[at] >= 0xC0)
            {
                labels.Add(NameAt(bytes, ((bytes[at] & 0x3F) << 8) | bytes[at + 1]).Name);
                return (string.Join('.', labels), at + 2);
            }

            labels.Add(Encoding.ASCII.GetString(bytes, at + 1, bytes[at]));
            at += bytes[at] + 1;
        }

        return (string.Join('.', labels), at + 1);
    }
}
