using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.TestKit;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Drift.Tests.Cache;

/// <summary>An API server, or something on the way to it, that takes connections and requests and never answers.</summary>
[Trait("takes", "long")]
public sealed class SilentServerTests
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_way_to_the_server_falls_silent_and_the_view_is_not_decided_on_when_the_option_says_so()
    {
        await using var server = await ApiServer.StartAsync(new(), Token);
        await using var way = new SilentWay(new Uri(server.ClientConfiguration().Host).Port);
        var configuration = server.ClientConfiguration();
        configuration.Host = $"https://127.0.0.1:{way.Port}";
        await NoticesAsync(configuration, way.FallSilent, way.Speak);
    }

    [Fact]
    public async Task A_server_that_keeps_its_connections_and_answers_nothing_more_is_noticed_as_soon()
    {
        await using var server = await ApiServer.StartAsync(new(), Token);
        var mute = new MuteCalls();
        await NoticesAsync(server.ClientConfiguration(), mute.FallSilent, mute.Speak, mute);
    }

    private static async Task NoticesAsync(
        KubernetesClientConfiguration configuration,
        Action fallSilent,
        Action speak,
        params DelegatingHandler[] handlers
    )
    {
        using var connection = ApiConnection.Open(configuration, MaxAge, TimeProvider.System, handlers);
        var cache = new KubernetesCache(
            connection,
            new("default"),
            new() { MaxAge = MaxAge },
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        var view = new KubernetesView(cache);
        using var stop = new CancellationTokenSource();
        var running = cache.RunAsync(stop.Token);
        await view.WaitSyncedAsync(Token);

        // A server on which nothing happens is no silent one.
        var idleSince = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(idleSince) < 2 * MaxAge)
        {
            view.EnsureFresh();
            await Task.Delay(100, Token);
        }

        var silentSince = TimeProvider.System.GetTimestamp();
        fallSilent();
        await Eventually.TrueAsync(() => view.Stale is not null, "stale", Token);
        var noticed = TimeProvider.System.GetElapsedTime(silentSince);
        TestContext.Current.TestOutputHelper?.WriteLine($"noticed after {noticed.TotalSeconds:0.0} s: {view.Stale}");
        Assert.True(noticed <= MaxAge + TimeSpan.FromSeconds(1), $"only after {noticed.TotalSeconds} s");
        Assert.Throws<StaleViewException>(view.EnsureFresh);

        speak();
        await Eventually.TrueAsync(() => view.Stale is null, () => $"fresh again: {view.Stale}", Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>What is asked from now on is never answered; watches that are open stay so.</summary>
    private sealed class MuteCalls : DelegatingHandler
    {
        private volatile TaskCompletionSource _speaks = new();

        public MuteCalls() => _speaks.SetResult();

        public void FallSilent() => _speaks = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Speak() => _speaks.TrySetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await _speaks.Task.WaitAsync(cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>A way on which, while it is silent, connections are taken and nothing is passed on.</summary>
    private sealed class SilentWay : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly int _to;
        private readonly Task _accepting;
        private volatile bool _silent;
        private ImmutableList<Socket> _sockets = [];

        public SilentWay(int to)
        {
            _to = to;
            _listener.Start();
            _accepting = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void FallSilent() => _silent = true;

        /// <summary>For new connections: what was lost on the others does not come back.</summary>
        public void Speak() => _silent = false;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Stop();
            foreach (var socket in _sockets)
            {
                socket.Dispose();
            }

            await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }

        private async Task AcceptAsync()
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await server.ConnectAsync(IPAddress.Loopback, _to, _stop.Token);
                ImmutableInterlocked.Update(ref _sockets, sockets => sockets.Add(client).Add(server));
                _ = PassAsync(client, server);
                _ = PassAsync(server, client);
            }
        }

        private async Task PassAsync(Socket from, Socket to)
        {
            var buffer = new byte[16 * 1024];
            var lost = false;
            try
            {
                while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
                {
                    lost |= _silent;
                    if (!lost)
                    {
                        await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
                    }
                }

                to.Shutdown(SocketShutdown.Send);
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // Either side has gone, and with it what there was to pass on.
            }
        }
    }
}
