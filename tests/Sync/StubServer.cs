using System.Net;
using System.Net.Sockets;

namespace GitOpsOperator.Sync.Tests;

/// <summary>A server that accepts every connection and then does only what the test says.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _connections;

    public StubServer(Func<NetworkStream, CancellationToken, Task> behave)
    {
        _listener.Start();
        _serving = ServeAsync(behave);
    }

    public string Url => $"http://{_listener.LocalEndpoint}/repo.git";

    public int Connections => Volatile.Read(ref _connections);

    public static Task StaySilentAsync(NetworkStream stream, CancellationToken cancellationToken) =>
        Task.Delay(Timeout.Infinite, cancellationToken);

    /// <summary>A good head, and then a byte of a listing every 100 ms: no single read ever takes long.</summary>
    public static async Task TrickleAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\nConnection: close\r\n\r\n"u8.ToArray(),
            cancellationToken
        );
        await stream.WriteAsync("001e# service=git-upload-pack\n0000fff0"u8.ToArray(), cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await stream.WriteAsync("a"u8.ToArray(), cancellationToken);
        }
    }

    public static Func<NetworkStream, CancellationToken, Task> Answer(string text) =>
        async (stream, cancellationToken) =>
        {
            var buffer = new byte[4096];
            _ = await stream.ReadAsync(buffer, cancellationToken);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(text), cancellationToken);
        };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync(Func<NetworkStream, CancellationToken, Task> behave)
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                open.Add(BehaveAsync(client, behave));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task BehaveAsync(TcpClient client, Func<NetworkStream, CancellationToken, Task> behave)
    {
        using (client)
        {
            try
            {
                await behave(client.GetStream(), _stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The test is over, or the client was killed: both are what these tests do.
            }
        }
    }
}
