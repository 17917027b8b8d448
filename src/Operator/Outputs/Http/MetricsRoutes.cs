using GitOpsOperator.Reconcile.Loop;
using GitOpsOperator.Sync;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OpenTelemetry.Metrics;

namespace GitOpsOperator.Operator.Outputs.Http;

/// <summary><c>/metrics</c>, for Prometheus.</summary>
internal static class MetricsRoutes
{
    private static readonly double[] Seconds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>
    /// Of one metric. A cluster has one for each phase, so this is enough for 3,000 clusters; the exporter's own limit would leave out what
    /// lies beyond 330.
    /// </summary>
    private const int MaxSeries = 20_000;

    /// <param name="furtherMeters">What is counted besides: by the domains, and by whoever calls Kubernetes.</param>
    public static void Add(IServiceCollection services, IEnumerable<string> furtherMeters) =>
        services
            .AddOpenTelemetry()
            .WithMetrics(metrics =>
                metrics
                    .AddMeter([OperatorMetrics.MeterName, ReconcileMetrics.MeterName, SyncMetrics.MeterName, .. furtherMeters])
                    .AddView(instrument =>
                        instrument.Meter.Name == OperatorMetrics.MeterName ? new MetricStreamConfiguration { CardinalityLimit = MaxSeries }
                        : instrument.Unit == "s" && instrument.Name.EndsWith(".duration", StringComparison.Ordinal)
                            ? new ExplicitBucketHistogramConfiguration { Boundaries = Seconds }
                        : null
                    )
                    .AddPrometheusExporter(exporter => (exporter.ScopeInfoEnabled, exporter.TargetInfoEnabled) = (false, false))
            );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new HttpMethodMetadata([HttpMethods.Get]));
}
