using System.Net;
using GitOpsOperator.Drift.Etcd.Access;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Operator.Page;
using GitOpsOperator.Reconcile;
using GitOpsOperator.Sync;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Metrics;

namespace GitOpsOperator.Operator.Http;

/// <summary>
/// The operator seen by probes and by Prometheus. It is there before anything else is and ends after it, so that a replica that starts,
/// stands by or stops is told apart from a dead one. Only GET of what is there; everything else is 404.
/// </summary>
internal sealed class HttpEndpoint(OperatorConfiguration configuration, OperatorParts parts, TimeProvider time) : IHostedService, IAsyncDisposable
{
    private static readonly double[] Seconds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>Of one metric. A cluster has one for each phase, so this is enough for 3,000 clusters; the exporter's own limit would leave out what lies beyond 330.</summary>
    private const int MostSeries = 20_000;

    private readonly OperatorMetrics _metrics = new(parts, time);
    private readonly Readiness _readiness = new(parts);
    private readonly PageEndpoint? _page = configuration.Http.Page ? new(configuration.OperatorId, parts, time) : null;
    private WebApplication? _web;

    /// <summary>Where it listens, with its real port; null before it does.</summary>
    public Uri? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (configuration.Http.Endpoint is not { } endpoint)
        {
            return;
        }

        var web = Build(endpoint);
        try
        {
            await web.StartAsync(cancellationToken);
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }

        _web = web;
        Address = new(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        if (parts.Election is { } election)
        {
            election.Page = configuration.Http.PageAt(Address);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_web is { } web)
        {
            await web.StopAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        _page?.Dispose();
        if (_web is { } web)
        {
            _web = null;
            await web.DisposeAsync();
        }
    }

    private WebApplication Build(IPEndPoint endpoint)
    {
        // Empty: no environment, file or console of the surrounding program reaches into it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 100;
            kestrel.Listen(endpoint);
        });
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(OperatorMetrics.MeterName, ReconcileMetrics.MeterName, SyncMetrics.MeterName, EtcdMetrics.MeterName, KubernetesCallMeter.MeterName)
            .AddView(instrument => instrument.Meter.Name == OperatorMetrics.MeterName ? new MetricStreamConfiguration { CardinalityLimit = MostSeries }
                : instrument.Unit == "s" && instrument.Name.EndsWith(".duration", StringComparison.Ordinal)
                ? new ExplicitBucketHistogramConfiguration { Boundaries = Seconds }
                : null)
            .AddPrometheusExporter(exporter => (exporter.ScopeInfoEnabled, exporter.TargetInfoEnabled) = (false, false)));

        builder.Services.AddLogging();
        var web = builder.Build();
        web.UseOpenTelemetryPrometheusScrapingEndpoint(context => Is(context, "/metrics"));
        web.Run(AnswerAsync);
        return web;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (_page is not null && await _page.TryAnswerAsync(context))
        {
            return;
        }

        var (code, text) = (StatusCodes.Status404NotFound, "not found; there are /healthz, /readyz and /metrics\n");
        if (Is(context, "/healthz"))
        {
            (code, text) = (StatusCodes.Status200OK, "ok\n");
        }
        else if (Is(context, "/readyz"))
        {
            (var ready, text) = _readiness.Look();
            code = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        }

        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static bool Is(HttpContext context, string path) => HttpMethods.IsGet(context.Request.Method) && context.Request.Path == path;
}
