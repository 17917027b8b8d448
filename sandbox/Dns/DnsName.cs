using System.Text;

namespace GitOpsOperator.Sandbox.Dns;

/// <summary>Names in messages: labels, each with its length before it (RFC 1035 §3.1).</summary>
internal static class DnsName
{
    public const int MaxLength = 255;
    public const int MaxLabel = 63;

    /// <summary>The two highest bits of a length: what follows is a place in the message where the name goes on.</summary>
    public const byte Pointer = 0xC0;

    public static void Write(List<byte> to, string name)
    {
        foreach (var label in name.Split('.'))
        {
            if (label.Length is 0 or > MaxLabel)
            {
                throw new ArgumentException(
                    $"'{name}' has a label of {label.Length} characters; 1 to {MaxLabel} are possible",
                    nameof(name)
                );
            }

            to.Add((byte)label.Length);
            to.AddRange(Encoding.ASCII.GetBytes(label));
        }

        to.Add(0);
    }
}
