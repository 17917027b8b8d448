using System.Collections.Specialized;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using k8s;

namespace GitOpsOperator.Drift.Tests.Watching;

/// <summary>An HTTP server on loopback whose every answer the test gives itself, so that it can break off wherever it likes.</summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Channel<Exchange> _requests = Channel.CreateUnbounded<Exchange>();
    private readonly Task _accepting;
    private readonly string _url;

    public ScriptedApi(int port)
    {
        _url = $"http://127.0.0.1:{port}/";
        _listener.Prefixes.Add(_url);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Requests that nobody has answered yet.</summary>
    public int Waiting => _requests.Reader.Count;

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public IKubernetes Connect() => new Kubernetes(new KubernetesClientConfiguration { Host = _url });

    public async Task<Exchange> NextAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
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

    public async ValueTask DisposeAsync()
    {
        _listener.Abort();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _requests.Writer.TryWrite(new(context));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    internal sealed class Exchange(HttpListenerContext context)
    {
        private bool _streaming;

        public NameValueCollection Query => context.Request.QueryString;

        public bool IsWatch => Query["watch"] == "true";

        public override string ToString() => context.Request.RawUrl ?? "";

        public async Task AnswerAsync(string body, HttpStatusCode status = HttpStatusCode.OK)
        {
            context.Response.StatusCode = (int)status;
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body), TestContext.Current.CancellationToken);
            context.Response.Close();
        }

        /// <summary>Sends one event of a watch.</summary>
        public async Task SendAsync(string type, string item)
        {
            if (!_streaming)
            {
                context.Response.SendChunked = true;
                context.Response.ContentType = "application/json";
                _streaming = true;
            }

            await context.Response.OutputStream.WriteAsync(
                Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","object":{{item}}}""" + "\n"), TestContext.Current.CancellationToken);
            await context.Response.OutputStream.FlushAsync(TestContext.Current.CancellationToken);
        }

        /// <summary>Ends the watch as a server does when its time is over.</summary>
        public void End() => context.Response.Close();

        /// <summary>Breaks the connection.</summary>
        public void Break() => context.Response.Abort();
    }
}
