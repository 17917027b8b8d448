using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Git;

/// <summary>Serves bare repositories over git's smart http protocol, for reading and for pushing, through <c>git
/// http-backend</c>.</summary>
public sealed class GitHttpServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GitHttpServerOptions _options;
    private int _requests;

    private GitHttpServer(GitHttpServerOptions options)
    {
        _options = options;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        if (options.Certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // A first push of a whole history is one request body.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(
                options.Address,
                options.Port,
                listen =>
                {
                    if (options.Certificate is { } certificate)
                    {
                        listen.UseHttps(certificate);
                    }
                }
            );
        });
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    /// <summary>Ends with a slash; a repository is at <c>new Uri(server.Address, "NAME.git")</c>.</summary>
    public Uri Address { get; private set; } = new("http://unset/");

    /// <summary>Requests answered so far, so that what a sync costs can be seen.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public static async Task<GitHttpServer> StartAsync(GitHttpServerOptions options, CancellationToken cancellationToken)
    {
        var server = new GitHttpServer(options with { Root = Path.GetFullPath(options.Root) });
        try
        {
            await server._app.StartAsync(cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        var bound = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Address = new(bound + "/");
        return server;
    }

    /// <summary>Requests under way are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (!MayEnter(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"git\"";
            return;
        }

        var request = context.Request;
        if (GitHttpRoute.Find(_options.Root, request.Method, request.Path.Value ?? "", request.Query["service"]) is not { } route)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(_options.RequestTimeout);
        try
        {
            await GitHttpBackend.RunAsync(_options, route, context, deadline.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or BadHttpRequestException)
        {
            // The client left, or the time is up: either way nobody waits for the rest, and a cut connection says so.
            context.Abort();
        }
    }

    private bool MayEnter(HttpRequest request)
    {
        if (_options.Token is null)
        {
            return true;
        }

        const string Scheme = "Basic ";
        var header = request.Headers.Authorization.ToString();
        var bytes = new byte[header.Length];
        if (
            !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !Convert.TryFromBase64String(header[Scheme.Length..].Trim(), bytes, out var length)
        )
        {
            return false;
        }

        var given = Encoding.UTF8.GetString(bytes, 0, length);
        var password = given[(given.IndexOf(':') + 1)..];
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(_options.Token()));
    }
}
