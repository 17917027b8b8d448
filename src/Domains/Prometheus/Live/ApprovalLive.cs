using System.Collections.Immutable;
using System.Text.Json;

namespace GitOpsOperator.Domains.Prometheus.Live;

/// <summary>What became of approvals, as it is kept in the cluster.</summary>
/// <param name="Used">Approvals that have been carried out. It is part of every digest, so that none counts twice.</param>
/// <param name="Effects">What may be done now, by the names of the effects; empty where no approval is in force.</param>
public sealed record ApprovalLive(int Used, ImmutableArray<string> Effects)
{
    public const string Annotation = "gitops-operator.dev/approval";

    public static readonly ApprovalLive None = new(0, []);

    public bool InForce => !Effects.IsEmpty;

    /// <summary>Nothing readable is nothing approved.</summary>
    public static ApprovalLive Read(string? text)
    {
        try
        {
            return text is null ? None
                : JsonSerializer.Deserialize<ApprovalLive>(text) is { Effects.IsDefault: false } read ? read
                : None;
        }
        catch (JsonException)
        {
            return None;
        }
    }

    public string Write() => JsonSerializer.Serialize(this);

    public bool Equals(ApprovalLive? other) => other is not null && Used == other.Used && Effects.SequenceEqual(other.Effects);

    public override int GetHashCode() => HashCode.Combine(Used, Effects.Length);
}
