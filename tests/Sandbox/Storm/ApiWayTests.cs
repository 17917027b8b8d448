using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GitOpsOperator.Sandbox.Launch;
using GitOpsOperator.Sandbox.Storm;

namespace GitOpsOperator.Sandbox.Tests.Storm;

public sealed class ApiWayTests
{
    private static readonly TimeSpan ALittle = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_asked_while_it_stands_still_is_answered_afterwards()
    {
        await using var ways = new Ways();
        using var client = await ways.ConnectAsync();
        await AskAsync(client);

        ways.Way.Freeze();
        var answer = AskAsync(client);
        await Task.WhenAny(answer, Task.Delay(ALittle, Cancelled));
        Assert.False(answer.IsCompleted);
        ways.Way.Thaw();

        await answer.WaitAsync(Soon, Cancelled);
    }

    [Fact]
    public async Task Answers_may_be_late()
    {
        await using var ways = new Ways();
        using var client = await ways.ConnectAsync();
        ways.Way.Late = ALittle;
        var begun = Stopwatch.GetTimestamp();

        await AskAsync(client).WaitAsync(Soon, Cancelled);

        // A timer may be over a grain of the clock early.
        Assert.True(Stopwatch.GetElapsedTime(begun) >= ALittle * 0.9);
    }

    [Fact]
    public async Task A_client_that_is_gone_leaves_no_connection_behind()
    {
        await using var ways = new Ways();
        using (var client = await ways.ConnectAsync())
        {
            await AskAsync(client);
        }

        await ways.ServedToItsEnd.WaitAsync(Soon, Cancelled);
    }

    private static async Task AskAsync(Socket client)
    {
        await client.SendAsync("ask"u8.ToArray(), Cancelled);
        Assert.Equal(3, await client.ReceiveAsync(new byte[3], Cancelled));
    }

    /// <summary>A server that gives back what it gets, and a way to it.</summary>
    private sealed class Ways : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly Task _carrying;

        public Ways()
        {
            _server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _server.Listen();
            ServedToItsEnd = EchoAsync();
            _carrying = Way.RunAsync(((IPEndPoint)_server.LocalEndPoint!).Port, _over.Token);
        }

        public ApiWay Way { get; } = new(TimeProvider.System);

        public Task ServedToItsEnd { get; }

        public Task<Socket> ConnectAsync() => SocketForwarder.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Way.Port), Cancelled);

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _carrying;
            Way.Dispose();
            _server.Dispose();
            _over.Dispose();
        }

        private async Task EchoAsync()
        {
            using var accepted = await _server.AcceptAsync(Cancelled);
            var buffer = new byte[16];
            while (await accepted.ReceiveAsync(buffer, Cancelled) is var length and > 0)
            {
                await accepted.SendAsync(buffer.AsMemory(0, length), Cancelled);
            }
        }
    }
}
