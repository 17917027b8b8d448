using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GitOpsOperator.Operator.Outputs.Http;

/// <summary>One listener with limits of its own. Whoever connects and says nothing, or says it slowly, is soon sent away.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    /// <summary>How long a connection may be silent. Prometheus and browsers connect anew where they find theirs closed.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>From the first byte of a request to the last of its headers.</summary>
    public static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(5);

    private readonly WebApplication _web;

    private HttpServer(WebApplication web) => _web = web;

    /// <summary>Where it listens, with its real port.</summary>
    public Uri Address => new(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="maxConnections">At the same time; null: as many as come.</param>
    public static async Task<HttpServer> StartAsync(
        IPEndPoint endpoint,
        long? maxConnections,
        Action<IServiceCollection> services,
        Action<WebApplication> routes,
        CancellationToken cancellationToken
    )
    {
        // Empty: no environment, file or console of the surrounding program reaches into it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = maxConnections;
            kestrel.Limits.KeepAliveTimeout = KeepAlive;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
            kestrel.Listen(endpoint, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddLogging().AddRouting();
        services(builder.Services);
        var web = builder.Build();
        routes(web);
        web.MapFallback("{*path}", () => Results.Text("not found\n", statusCode: StatusCodes.Status404NotFound));
        try
        {
            await web.StartAsync(cancellationToken);
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }

        return new(web);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _web.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _web.DisposeAsync();
}
