namespace GitOpsOperator.Sandbox.Dns;

/// <summary>What a message says by EDNS (RFC 6891): the largest datagram that its sender takes, and the version that it speaks.</summary>
internal sealed record DnsExtension(ushort DatagramSize, byte Version)
{
    /// <summary>Of a record without its name and content: type, class, time to live, length.</summary>
    public const int FixedSize = 10;

    /// <summary>What this server says of itself: datagrams that no network cuts into pieces.</summary>
    public static readonly DnsExtension Own = new(1232, 0);
}
