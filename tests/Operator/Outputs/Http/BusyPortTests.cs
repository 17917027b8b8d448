using System.Net;
using System.Net.Sockets;
using System.Text;
using GitOpsOperator.Operator.Outputs.Http;
using GitOpsOperator.Operator.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace GitOpsOperator.Operator.Tests.Outputs.Http;

/// <summary>Whoever reaches the page's port can keep it busy. That must never look as if the operator were dead.</summary>
[Collection(OneOperator.Name)]
public sealed class BusyPortTests
{
    /// <summary>As deploy/ gives its probes.</summary>
    internal static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(3);

    /// <summary>The server looks at its timeouts once a second, and not only this test runs on the machine.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(120), InlineData(500)]
    public async Task Idle_connections_to_the_page_leave_the_probes_answered(int count)
    {
        await using var world = await OperatorWorld.StartAsync();
        var host = await world.StartOperatorAsync("operator");
        await OperatorWorld.UntilAsync(
            async () =>
                (await OperatorWorld.AskAsync(host, "/readyz")).Text.Contains("[+]repository/platform ok", StringComparison.Ordinal),
            "the replica is active"
        );
        var endpoint = host.Services.GetRequiredService<HttpEndpoint>();
        var idle = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => ConnectAsync(endpoint.Address!)));
        try
        {
            Assert.False(await IsAnsweredAsync(endpoint.Address!, "/healthz"), "the page's port still has room, so that nothing is proved");
            for (var probe = 0; probe < 10; probe++)
            {
                Assert.True(await IsAnsweredAsync(endpoint.HealthAddress!, "/healthz"), $"liveness fails at probe {probe + 1} of 10");
                Assert.True(await IsAnsweredAsync(endpoint.HealthAddress!, "/readyz"), $"readiness fails at probe {probe + 1} of 10");
            }
        }
        finally
        {
            foreach (var connection in idle)
            {
                connection.Dispose();
            }
        }
    }

    [Fact]
    [Trait("takes", "long")]
    public async Task Whoever_says_nothing_or_sends_its_headers_slowly_is_dropped_from_either_port()
    {
        await using var world = await OperatorWorld.StartAsync();
        var endpoint = (await world.StartOperatorAsync("operator")).Services.GetRequiredService<HttpEndpoint>();
        Uri[] ports = [endpoint.Address!, endpoint.HealthAddress!];
        var slow = ports.Select(port => UntilDroppedAsync(port, "GET / HTTP/1.1\r\nHost: operator\r\nX-Slow: ", "a")).ToList();
        var silent = ports.Select(port => UntilDroppedAsync(port, "", "")).ToList();

        Assert.All(
            await Task.WhenAll(slow),
            took => Assert.InRange(took, HttpServer.HeadersTimeout - Slack, HttpServer.HeadersTimeout + Slack)
        );
        Assert.All(await Task.WhenAll(silent), took => Assert.InRange(took, HttpServer.KeepAlive - Slack, HttpServer.KeepAlive + Slack));
    }

    /// <summary>Sends the beginning at once and the rest bit by bit.</summary>
    private static async Task<TimeSpan> UntilDroppedAsync(Uri address, string beginning, string bit)
    {
        using var connection = await ConnectAsync(address);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var started = TimeProvider.System.GetTimestamp();
        await connection.SendAsync(Encoding.ASCII.GetBytes(beginning), limit.Token);
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var drip = DripAsync(connection, bit, sending.Token);
        var buffer = new byte[1024];
        try
        {
            while (await connection.ReceiveAsync(buffer, limit.Token) > 0)
            {
                // It may say why before it closes.
            }
        }
        catch (SocketException dropped) when (dropped.SocketErrorCode is SocketError.ConnectionReset)
        {
            // The harder way of being sent away.
        }

        var took = TimeProvider.System.GetElapsedTime(started);
        await sending.CancelAsync();
        await drip;
        return took;
    }

    private static async Task DripAsync(Socket connection, string bit, CancellationToken cancellationToken)
    {
        try
        {
            while (bit.Length > 0)
            {
                await Task.Delay(200, cancellationToken);
                await connection.SendAsync(Encoding.ASCII.GetBytes(bit), cancellationToken);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Dropped, which is what is waited for.
        }
    }

    private static async Task<Socket> ConnectAsync(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port, Token);
        return socket;
    }

    /// <summary>As the kubelet probes: on a connection of its own, within the time that it gives.</summary>
    private static async Task<bool> IsAnsweredAsync(Uri address, string path)
    {
        using var client = new HttpClient { BaseAddress = address, Timeout = ProbeTimeout };
        try
        {
            using var response = await client.GetAsync(path, Token);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !Token.IsCancellationRequested)
        {
            return false;
        }
    }
}
