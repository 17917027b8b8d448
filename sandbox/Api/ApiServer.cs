using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GitOpsOperator.Sandbox.Api.Access;
using GitOpsOperator.Sandbox.Api.Definitions;
using GitOpsOperator.Sandbox.Api.Disruptions;
using GitOpsOperator.Sandbox.Api.Http;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>A Kubernetes API server inside this process: about a dozen kinds in memory, over TLS, for KubernetesClient and kubectl.
/// What it does not do it answers with 501 by name. It is a sandbox; production is Kubernetes.</summary>
public sealed class ApiServer : IApiServer
{
    private readonly WebApplication _web;
    private readonly X509Certificate2 _certificate;
    private readonly string _authorityPem;
    private readonly string _token;
    private readonly ApiHandler _handler;
    private readonly CancellationTokenSource _stop = new();
    private Task _controllers = Task.CompletedTask;

    private ApiServer(WebApplication web, X509Certificate2 certificate, string authorityPem, string token, ApiHandler handler, Holds holds)
    {
        (_web, _certificate, _authorityPem, _token, _handler, Holds) = (web, certificate, authorityPem, token, handler, holds);
    }

    /// <summary>Writes that are to stand still.</summary>
    public Holds Holds { get; }

    /// <summary>The first address it listens on, with its real port; null when it listens on a unix socket only.</summary>
    public IPEndPoint? Endpoint { get; private init; }

    private AuditLog? Audit { get; init; }

    /// <summary>Every address it listens on.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; private init; } = [];

    public string Url =>
        Endpoint is { } endpoint
            ? $"https://{endpoint}"
            : throw new InvalidOperationException(
                "the API server listens on a unix socket only; give ApiServerOptions.Endpoints an address"
            );

    /// <summary>A kubeconfig for the first address.</summary>
    public string KubeconfigYaml => KubeconfigFor(Url);

    public static async Task<ApiServer> StartAsync(ApiServerOptions options, CancellationToken cancellationToken)
    {
        var names = options.CertificateNames.Concat(options.Endpoints.Select(endpoint => endpoint.Address.ToString()));
        var (certificate, authorityPem) = Certificates.Create(names, options.Time);
        var token = RandomNumberGenerator.GetHexString(32, lowercase: true);

        // Empty: no configuration files, environment or console of the surrounding program reach into the server.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            foreach (var endpoint in options.Endpoints)
            {
                kestrel.Listen(endpoint, listen => listen.UseHttps(certificate));
            }

            if (options.UnixSocket is { } socket)
            {
                // A socket file left by a server that was killed would keep this one from listening.
                File.Delete(socket);
                kestrel.ListenUnixSocket(socket, listen => listen.UseHttps(certificate));
            }
        });
        var web = builder.Build();
        var store = new Store(options.HistoryLimit, options.WatchBuffer);
        var kinds = new DefinedKinds(store);
        var tokens = new ServiceAccountTokens();
        var handler = new ApiHandler(store, kinds, tokens, options);
        var holds = new Holds();
        var audit = options.AuditFile is { } file ? new AuditLog(store, file) : null;
        var gate = new AccessGate(token, tokens, new Authorizer(store, kinds), audit);
        web.UseWebSockets();
        web.Run(context => gate.HandleAsync(context, allowed => HeldWrites.HandleAsync(holds, allowed, handler.HandleAsync)));

        FirstObjects.Create(store, options.Time);
        try
        {
            await web.StartAsync(cancellationToken);
        }
        catch
        {
            await web.DisposeAsync();
            certificate.Dispose();
            throw;
        }

        var addresses = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var endpoints = addresses
            .Select(address =>
                Uri.TryCreate(address, UriKind.Absolute, out var uri) && IPEndPoint.TryParse(uri.Authority, out var endpoint)
                    ? endpoint
                    : null
            )
            .OfType<IPEndPoint>()
            .ToList();
        var server = new ApiServer(web, certificate, authorityPem, token, handler, holds)
        {
            Endpoints = endpoints,
            Endpoint = endpoints.FirstOrDefault(),
            Audit = audit,
        };
        server._controllers = Task.WhenAll(
            new GarbageCollector(store, new Deletions(store, options.Time)).RunAsync(server._stop.Token),
            new BudgetStatus(store, options.Time).RunAsync(server._stop.Token)
        );
        return server;
    }

    /// <summary>From now on commands can be run in what runs there.</summary>
    internal void Reach(IContainers containers) => _handler.Containers = containers;

    public string KubeconfigFor(string url) => Kubeconfig.Of(url, _authorityPem, _token);

    /// <summary>Writes the kubeconfig so that only its owner can read it: it holds the token.</summary>
    public Task WriteKubeconfigAsync(string path, CancellationToken cancellationToken) =>
        Kubeconfig.WriteAsync(path, KubeconfigYaml, cancellationToken);

    public KubernetesClientConfiguration ClientConfiguration()
    {
        using var yaml = new MemoryStream(Encoding.UTF8.GetBytes(KubeconfigYaml));
        return KubernetesClientConfiguration.BuildConfigFromConfigFile(yaml);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _controllers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Watches would hold a graceful stop up until their clients leave; they are used to a server going away.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _web.StopAsync(now.Token);
        await _web.DisposeAsync();
        Audit?.Dispose();
        _certificate.Dispose();
        _stop.Dispose();
    }
}
