using System.Security.Cryptography;
using System.Text;

namespace GitOpsOperator.Reconcile.Approvals;

/// <summary>A short name for content that a person puts into an annotation.</summary>
public static class ContentDigest
{
    private const int Length = 16;

    /// <summary>Lengths stand between the parts: moving text from one to the next is another content.</summary>
    public static string Of(IEnumerable<string> parts)
    {
        var content = string.Concat(parts.Select(part => $"{part.Length}:{part}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..Length];
    }
}
