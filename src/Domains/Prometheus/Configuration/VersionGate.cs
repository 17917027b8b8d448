using GitOpsOperator.Domains.Prometheus.Spec;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// Which releases of Prometheus know something. What a release does not know is left out with a warning: it would refuse the file.
/// </summary>
/// <param name="Name">The key in the configuration.</param>
/// <param name="Since">The first release that knows it.</param>
/// <param name="Until">The first release that knows it no more; null where that has not come.</param>
public sealed record VersionGate(string Name, PrometheusVersion Since, PrometheusVersion? Until = null)
{
    public bool Admits(PrometheusVersion version) => version >= Since && (Until is null || version < Until);

    /// <summary>For messages: <c>3.4.0 and later</c>.</summary>
    public string Range => Until is { } until ? $"{Since} up to but not {until}" : $"{Since} and later";
}
