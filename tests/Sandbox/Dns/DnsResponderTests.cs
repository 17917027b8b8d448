using System.Net;
using System.Net.Sockets;
using GitOpsOperator.Sandbox.Dns;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Sandbox.Tests.Dns;

/// <summary>Both transports, over real sockets.</summary>
public sealed class DnsResponderTests : IAsyncLifetime
{
    private const string Client = "orders-client.default.svc.cluster.local";

    private readonly CancellationTokenSource _stop = new();
    private DnsResponder _responder = null!;
    private Task _running = null!;

    public async ValueTask InitializeAsync()
    {
        _responder = new(
            await ClusterZoneTests.ZoneAsync(pods: 100),
            IPAddress.Loopback,
            TimeProvider.System,
            NullLogger.Instance,
            port: 0
        );
        _running = _responder.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        _responder.Dispose();
        _stop.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_datagram_says_that_there_is_more_and_a_stream_has_all_of_it()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var datagrams = new UdpClient();
        datagrams.Connect(_responder.Endpoint);
        await datagrams.SendAsync(Message.Query(Client, Message.A), cancellationToken);
        Assert.True(Message.Read((await datagrams.ReceiveAsync(cancellationToken)).Buffer).IsTruncated);

        using var connection = await ConnectAsync(cancellationToken);
        Assert.Equal(100, (await AskAsync(connection, Message.Query(Client, Message.A), cancellationToken)).Answers.Count);

        // A connection serves more than one query.
        Assert.Equal(3, (await AskAsync(connection, Message.Query("example.com", Message.A), cancellationToken)).Code);
    }

    [Fact(Timeout = 30_000)]
    public async Task Rubbish_keeps_nobody_else_from_an_answer()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var datagrams = new UdpClient();
        datagrams.Connect(_responder.Endpoint);
        await datagrams.SendAsync(new byte[] { 1, 2, 3 }, cancellationToken);
        using var half = await ConnectAsync(cancellationToken);
        await half.SendAsync((byte[])[0, 200, 1, 2], cancellationToken);
        using var answerless = await ConnectAsync(cancellationToken);
        await answerless.SendAsync((byte[])[0, 3, 1, 2, 3], cancellationToken);
        Assert.Equal(0, await answerless.ReceiveAsync(new byte[1], cancellationToken));

        await datagrams.SendAsync(Message.Query("orders-0-0.orders-peers.default.svc.cluster.local", Message.A), cancellationToken);
        Assert.Equal(
            "10.128.0.10",
            Assert.Single(Message.Read((await datagrams.ReceiveAsync(cancellationToken)).Buffer).Answers).Address.ToString()
        );
        using var other = await ConnectAsync(cancellationToken);
        Assert.Equal(100, (await AskAsync(other, Message.Query(Client, Message.A), cancellationToken)).Answers.Count);
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_responder.Endpoint, cancellationToken);
        return socket;
    }

    private static async Task<Message> AskAsync(Socket connection, byte[] query, CancellationToken cancellationToken)
    {
        await connection.SendAsync((byte[])[.. Message.Words((ushort)query.Length), .. query], cancellationToken);
        var stream = new NetworkStream(connection);
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, cancellationToken);
        var answer = new byte[(length[0] << 8) | length[1]];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return Message.Read(answer);
    }
}
