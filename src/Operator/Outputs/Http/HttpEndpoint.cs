using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Operator.Outputs.Page;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Modules;
using Microsoft.AspNetCore.Builder;

namespace GitOpsOperator.Operator.Outputs.Http;

/// <summary>
/// The operator seen by probes, by Prometheus and by people. It is there before anything else is and ends after it, so that a replica that
/// starts, stands by or stops is told apart from a dead one. Only GET of what is there; everything else is 404.
/// </summary>
/// <remarks>
/// Probes have a listener of their own: however many connections the page's port is kept busy with, the kubelet is answered. The listener
/// of the page answers probes, too, for deployments that were made before there were two.
/// </remarks>
internal sealed class HttpEndpoint(
    HttpOptions options,
    OperatorState state,
    IEnumerable<IClusterDomain> domains,
    KubernetesCache cache,
    TimeProvider time
) : IHostedService, IAsyncDisposable
{
    /// <summary>Far more than Prometheus, people and other replicas need, and far less than would cost memory that matters.</summary>
    private const int MaxConnections = 100;

    private readonly OperatorMetrics _metrics = new(state, [.. domains], cache, time);
    private readonly PageRoutes? _page = options.HasPage ? new(options.OperatorId, state, time) : null;
    private HttpServer? _server;
    private HttpServer? _health;

    /// <summary>Where the page and metrics are, with their real port; null before they are.</summary>
    public Uri? Address => _server?.Address;

    /// <summary>Where probes ask, with its real port; null before they can.</summary>
    public Uri? HealthAddress => _health?.Address;

    /// <summary>Where other replicas find the page; null where they cannot, or while it is not there.</summary>
    public Uri? PageAddress => Address is { } address ? options.PageAt(address) : null;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Listen is not { } endpoint || options.ListenHealth is not { } health)
        {
            return;
        }

        _health = await HttpServer.StartAsync(health, maxConnections: null, AddHealth, HealthRoutes.Map, cancellationToken);
        _server = await HttpServer.StartAsync(
            endpoint,
            MaxConnections,
            services =>
            {
                AddHealth(services);
                MetricsRoutes.Add(services, options.Meters);
                PageRoutes.Add(services);
            },
            Map,
            cancellationToken
        );
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(((HttpServer?[])[_server, _health]).OfType<HttpServer>().Select(server => server.StopAsync(cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        _page?.Dispose();
        foreach (var server in ((HttpServer?[])[_server, _health]).OfType<HttpServer>())
        {
            await server.DisposeAsync();
        }

        (_server, _health) = (null, null);
    }

    private void AddHealth(IServiceCollection services) => HealthRoutes.Add(services, state);

    private void Map(WebApplication web)
    {
        HealthRoutes.Map(web);
        MetricsRoutes.Map(web);
        _page?.Map(web);
    }
}
