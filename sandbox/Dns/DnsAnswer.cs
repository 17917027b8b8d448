using System.Buffers.Binary;
using System.Net;

namespace GitOpsOperator.Sandbox.Dns;

/// <summary>An answer to a query, and its bytes.</summary>
internal sealed record DnsAnswer(DnsQuery Query, DnsCode Code)
{
    // Addresses change with every pod that becomes ready or not; nobody may remember an answer.
    private const uint TimeToLive = 0;

    private const ushort ResponseBit = 0x8000;
    private const ushort AuthoritativeBit = 0x0400;
    private const ushort TruncatedBit = 0x0200;

    // Operation and "recursion desired" are given back as they came.
    private const ushort KeptBits = 0x7900;
    private const int MinDatagram = 512;

    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    public IReadOnlyList<ServiceTarget> Targets { get; init; } = [];

    /// <summary>The zone whose start of authority says that there is nothing; null where nothing is said about a zone.</summary>
    public string? Zone { get; init; }

    /// <summary>For a stream, which has room for all of it.</summary>
    public byte[] ToBytes() => Write(truncated: false);

    /// <summary>For a datagram: where it has no room, the answer is that it is to be asked for over TCP.</summary>
    public byte[] ToDatagram()
    {
        var limit = Math.Clamp((int)(Query.Extension?.DatagramSize ?? MinDatagram), MinDatagram, DnsExtension.Own.DatagramSize);
        var whole = ToBytes();
        return whole.Length <= limit ? whole : Write(truncated: true);
    }

    private byte[] Write(bool truncated)
    {
        var bytes = new List<byte>(MinDatagram);
        var records = truncated ? 0 : Addresses.Count + Targets.Count;
        var hasNothing = !truncated && records == 0 && Zone is not null;
        var authoritative = Zone is not null;
        Number(bytes, Query.Id);
        Number(
            bytes,
            (ushort)(
                ResponseBit
                | (Query.Flags & KeptBits)
                | (authoritative ? AuthoritativeBit : 0)
                | (truncated ? TruncatedBit : 0)
                | ((ushort)Code & 0xF)
            )
        );
        Number(bytes, (ushort)(Query.IsMalformed ? 0 : 1));
        Number(bytes, (ushort)records);
        Number(bytes, (ushort)(hasNothing ? 1 : 0));
        Number(bytes, (ushort)(Query.Extension is null ? 0 : 1));
        bytes.AddRange(Query.Question.Span);
        foreach (var address in truncated ? [] : Addresses)
        {
            Record(bytes, DnsType.Address, content => content.AddRange(address.GetAddressBytes()));
        }

        foreach (var target in truncated ? [] : Targets)
        {
            Record(
                bytes,
                DnsType.Service,
                content =>
                {
                    // Priority and weight: all alike.
                    Number(content, 0);
                    Number(content, 0);
                    Number(content, (ushort)target.Port);
                    DnsName.Write(content, target.Host);
                }
            );
        }

        if (hasNothing)
        {
            StartOfAuthority(bytes, Zone!);
        }

        if (Query.Extension is not null)
        {
            bytes.AddRange([
                0,
                .. Bytes((ushort)DnsType.Extension),
                .. Bytes(DnsExtension.Own.DatagramSize),
                (byte)((ushort)Code >> 4),
                DnsExtension.Own.Version,
                0,
                0,
                0,
                0,
            ]);
        }

        return [.. bytes];
    }

    // The name of every answer is the question's, which stands right behind the header.
    private static void Record(List<byte> bytes, DnsType type, Action<List<byte>> write)
    {
        bytes.AddRange([DnsName.Pointer, DnsQuery.HeaderSize]);
        Content(bytes, type, write);
    }

    /// <summary>How long it may be remembered that there is nothing is its last number.</summary>
    private static void StartOfAuthority(List<byte> bytes, string zone)
    {
        DnsName.Write(bytes, zone);
        Content(
            bytes,
            DnsType.StartOfAuthority,
            content =>
            {
                DnsName.Write(content, "ns.dns." + zone);
                DnsName.Write(content, "hostmaster." + zone);
                foreach (var number in (uint[])[1, 60, 60, 60, TimeToLive])
                {
                    Number(content, number);
                }
            }
        );
    }

    private static void Content(List<byte> bytes, DnsType type, Action<List<byte>> write)
    {
        var content = new List<byte>();
        write(content);
        Number(bytes, (ushort)type);
        Number(bytes, DnsQuery.Internet);
        Number(bytes, TimeToLive);
        Number(bytes, (ushort)content.Count);
        bytes.AddRange(content);
    }

    private static void Number(List<byte> bytes, ushort number) => bytes.AddRange(Bytes(number));

    private static void Number(List<byte> bytes, uint number)
    {
        var four = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(four, number);
        bytes.AddRange(four);
    }

    private static byte[] Bytes(ushort number) => [(byte)(number >> 8), (byte)number];
}
