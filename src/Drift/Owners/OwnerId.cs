using System.Security.Cryptography;
using System.Text;

namespace GitOpsOperator.Drift.Owners;

/// <summary>
/// Who manages an object: an operator's id (default <c>default</c>). Objects carry a hash of it as a label, since ids may be longer
/// than a label's value.
/// </summary>
public readonly record struct OwnerId(string Value)
{
    public string Label => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Value)))[..16];

    public override string ToString() => Value;
}
