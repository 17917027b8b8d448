using System.Text.Json;
using GitOpsOperator.Reconcile.Reviews;

namespace GitOpsOperator.Domains.Prometheus.Live;

/// <summary>A reviewed change that is held back, as it is kept in the cluster.</summary>
/// <param name="Change">What tells it from every other: of all that git says.</param>
public sealed record HeldPrometheusChange(string Change, ReviewedPlan Reviewed)
{
    public const string Annotation = "gitops-operator.dev/held-change";

    /// <summary>Nothing readable is nothing held back.</summary>
    public static HeldPrometheusChange? Read(string? text)
    {
        try
        {
            return text is null ? null
                : JsonSerializer.Deserialize<HeldPrometheusChange>(text) is { Change: not null, Reviewed: not null } held ? held
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string Write() => JsonSerializer.Serialize(this);
}
