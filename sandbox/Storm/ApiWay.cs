using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using GitOpsOperator.Sandbox.Launch;

namespace GitOpsOperator.Sandbox.Storm;

/// <summary>
/// The operator's way to the API server, which may stand still, so that requests are taken and nobody answers, or be late, so that what is
/// told was so some time ago.
/// </summary>
internal sealed class ApiWay : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TimeProvider _time;
    private volatile TaskCompletionSource _open = Opened();
    private long _lateTicks;

    public ApiWay(TimeProvider time)
    {
        _time = time;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    /// <summary>On 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>How old answers are; zero is as it should be.</summary>
    public TimeSpan Late
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _lateTicks));
        set => Interlocked.Exchange(ref _lateTicks, value.Ticks);
    }

    public void Freeze() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends <see cref="Freeze"/>.</summary>
    public void Thaw() => _open.TrySetResult();

    /// <summary>Carries what comes to the API server's port on 127.0.0.1.</summary>
    public async Task RunAsync(int apiPort, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptAsync(cancellationToken), apiPort, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Socket accepted, int apiPort, CancellationToken cancellationToken)
    {
        using (accepted)
        {
            try
            {
                using var api = await SocketForwarder.ConnectAsync(new IPEndPoint(IPAddress.Loopback, apiPort), cancellationToken);
                using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var there = CarryAsync(accepted, api, () => TimeSpan.Zero, over.Token);
                var back = CarryAsync(api, accepted, () => Late, over.Token);

                // Whichever side ends, the connection is over: a client that is gone must not leave a watch behind.
                await Task.WhenAny(there, back);
                await over.CancelAsync();
                await Task.WhenAll(there, back);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException) { }
        }
    }

    private async Task CarryAsync(Socket from, Socket to, Func<TimeSpan> late, CancellationToken cancellationToken)
    {
        var under = Channel.CreateUnbounded<(DateTimeOffset Due, byte[] Bytes)>();
        var sending = SendAsync(under.Reader, to, cancellationToken);
        var buffer = new byte[BufferSize];
        while (!sending.IsCompleted && await from.ReceiveAsync(buffer, cancellationToken) is var length and > 0)
        {
            await under.Writer.WriteAsync((_time.GetUtcNow() + late(), buffer[..length]), cancellationToken);
        }

        under.Writer.Complete();
        await sending;
    }

    private async Task SendAsync(ChannelReader<(DateTimeOffset Due, byte[] Bytes)> under, Socket to, CancellationToken cancellationToken)
    {
        await foreach (var (due, bytes) in under.ReadAllAsync(cancellationToken))
        {
            if (due - _time.GetUtcNow() is { Ticks: > 0 } early)
            {
                await Task.Delay(early, _time, cancellationToken);
            }

            await _open.Task.WaitAsync(cancellationToken);
            for (var sent = 0; sent < bytes.Length; )
            {
                sent += await to.SendAsync(bytes.AsMemory(sent), cancellationToken);
            }
        }
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
