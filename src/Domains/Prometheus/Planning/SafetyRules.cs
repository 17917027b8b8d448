using GitOpsOperator.Domains.Prometheus.Rendering;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Prometheus.Steps.PrometheusStep>;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>Is this ours, and is it known what is desired?</summary>
internal static class SafetyRules
{
    public static Refused? ForeignObjects(PrometheusComparison s) =>
        s.Live.Foreign.IsEmpty
            ? null
            : new(
                "foreign-objects",
                $"objects with this Prometheus' names belong to someone else: {string.Join(", ", s.Live.Foreign)}",
                "Have prometheus-operator release it (delete its Prometheus object with --cascade=orphan, then the StatefulSet with "
                    + "--cascade=orphan; the claims stay), or choose another metadata.name"
            );

    public static Blocked? Paused(PrometheusComparison s) =>
        !s.Desired.Paused ? null : new("paused", $"spec.paused is true in {s.Desired.Document.Location.Path}", "Set spec.paused to false");

    public static Refused? RenderingRefused(PrometheusComparison s) =>
        s.DesiredFiles is not null
            ? null
            : new(
                "rendering-refused",
                s.Live.Rendered.Refusal ?? "no configuration can be made",
                "Fix the document that is named; until then everything stays as it is"
            );
}
