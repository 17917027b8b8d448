using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Spec;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>From documents to what is rendered of them.</summary>
public static class SelectedObjects
{
    /// <summary>The release that upstream's version 0.87 runs where a document names none.</summary>
    public static readonly PrometheusVersion DefaultVersion = PrometheusVersion.Parse("3.7.3");

    /// <param name="prometheus">Of kind Prometheus.</param>
    /// <param name="selected">What it selects (<see cref="MonitorSelection"/>); rules are no part of this file and are passed over.</param>
    public static RenderingInput InputOf(MonitoringDocument prometheus, IReadOnlyCollection<MonitoringDocument> selected) =>
        new()
        {
            Namespace = prometheus.Key.Namespace,
            Name = prometheus.Key.Name,
            Spec = prometheus.Spec,
            Version = PrometheusVersion.TryParse(prometheus.Spec["version"].Text, out var version) ? version : DefaultVersion,
            ServiceMonitors = OfKind(selected, MonitoringKind.ServiceMonitor),
            PodMonitors = OfKind(selected, MonitoringKind.PodMonitor),
            Probes = OfKind(selected, MonitoringKind.Probe),
            ScrapeConfigs = OfKind(selected, MonitoringKind.ScrapeConfig),

            // Every Kubernetes since 1.21 has them.
            Options = new() { EndpointSlices = true },
        };

    private static ImmutableSortedDictionary<string, MonitorObject> OfKind(
        IReadOnlyCollection<MonitoringDocument> documents,
        MonitoringKind kind
    ) =>
        documents
            .Where(document => document.Kind == kind.Name)
            .ToImmutableSortedDictionary(
                document => $"{document.Key.Namespace}/{document.Key.Name}",
                document => new MonitorObject(document.Key.Namespace, document.Key.Name, document.Spec),
                StringComparer.Ordinal
            );
}
