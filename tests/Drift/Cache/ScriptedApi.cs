using System.Net;
using System.Text;
using System.Threading.Channels;
using GitOpsOperator.Drift.Cache;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Drift.Tests.Cache;

/// <summary>An HTTP server on loopback whose every answer the test gives itself, so that it can break off wherever it likes.</summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Channel<Exchange> _requests = Channel.CreateUnbounded<Exchange>();
    private readonly CancellationTokenSource _gone = new();
    private readonly WebApplication _server;
    private bool _disposed;

    private ScriptedApi(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        _server = builder.Build();
        _server.Run(TakeAsync);
    }

    /// <summary>Requests that nobody has answered yet.</summary>
    public int Waiting => _requests.Reader.Count;

    public Uri Url => new(_server.Urls.Single());

    /// <param name="port">0: one that the system chooses.</param>
    public static async Task<ScriptedApi> StartAsync(int port = 0)
    {
        var api = new ScriptedApi(port);
        await api._server.StartAsync(TestContext.Current.CancellationToken);
        return api;
    }

    public IKubernetes Connect() => new Kubernetes(new KubernetesClientConfiguration { Host = Url.ToString() });

    /// <param name="maxAge">How old a view may be. This server speaks HTTP/1.1, so its watches are asked to end after half of it.</param>
    public ApiConnection Open(TimeSpan maxAge, TimeProvider? time = null) =>
        ApiConnection.Open(new KubernetesClientConfiguration { Host = Url.ToString() }, maxAge, time ?? TimeProvider.System);

    public async Task<Exchange> NextAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        return await _requests.Reader.ReadAsync(limit.Token);
    }

    public async Task<Exchange> NextListAsync()
    {
        var next = await NextAsync();
        Assert.False(next.IsWatch, $"a list was expected, and this came: {next}");
        return next;
    }

    public async Task<Exchange> NextWatchAsync()
    {
        var next = await NextAsync();
        Assert.True(next.IsWatch, $"a watch was expected, and this came: {next}");
        return next;
    }

    /// <summary>Breaks every connection and listens no more, as a server that was killed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _gone.CancelAsync();
        await _server.DisposeAsync().AsTask().WaitAsync(Limit, CancellationToken.None);
        _gone.Dispose();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var breaking = _gone.Token.Register(context.Abort);
        var exchange = new Exchange(context);
        await _requests.Writer.WriteAsync(exchange, context.RequestAborted);
        try
        {
            await exchange.Ended.WaitAsync(context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The connection is gone from either side, so that there is nobody left to answer.
        }
    }

    internal sealed class Exchange(HttpContext context)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly string _url = $"{context.Request.Path}{context.Request.QueryString}";

        public IQueryCollection Query { get; } = new QueryCollection(context.Request.Query.ToDictionary());

        public string Path { get; } = context.Request.Path;

        public string Accept { get; } = context.Request.Headers.Accept.ToString();

        public bool IsWatch => Query["watch"] == "true";

        /// <summary>Completes when the test has said its last word.</summary>
        public Task Ended => _ended.Task;

        public override string ToString() => _url;

        public async Task AnswerAsync(string body, HttpStatusCode status = HttpStatusCode.OK)
        {
            context.Response.StatusCode = (int)status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(body, TestContext.Current.CancellationToken);
            End();
        }

        /// <summary>Sends one event of a watch.</summary>
        public async Task SendAsync(string type, string item)
        {
            if (!context.Response.HasStarted)
            {
                context.Response.ContentType = "application/json";
            }

            await context.Response.Body.WriteAsync(
                Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","object":{{item}}}""" + "\n"),
                TestContext.Current.CancellationToken
            );
            await context.Response.Body.FlushAsync(TestContext.Current.CancellationToken);
        }

        /// <summary>Ends the watch as a server does when its time is over.</summary>
        public void End() => _ended.TrySetResult();

        /// <summary>Breaks the connection.</summary>
        public void Break() => context.Abort();
    }
}
