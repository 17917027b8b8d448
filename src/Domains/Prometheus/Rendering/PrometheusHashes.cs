using GitOpsOperator.Domains.Prometheus.Live;

namespace GitOpsOperator.Domains.Prometheus.Rendering;

/// <summary>How objects are hashed: a function, so that proofs need not render.</summary>
/// <param name="Template">Of what a pod has to be restarted for.</param>
/// <param name="Desired">Of what git asks for, which no version of this operator changes.</param>
internal sealed record PrometheusHashes(
    Func<PrometheusDesired, string> Service,
    Func<PrometheusDesired, int, string> StatefulSet,
    Func<PrometheusDesired, int, string> Template,
    Func<PrometheusDesired, string> Desired
)
{
    public static readonly PrometheusHashes Rendered = new(
        PrometheusRendering.ServiceHash,
        PrometheusRendering.StatefulSetHash,
        PrometheusRendering.TemplateHash,
        PrometheusRendering.DesiredHash
    );
}
