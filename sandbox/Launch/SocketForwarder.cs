using System.Net;
using System.Net.Sockets;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>Listens, and joins every connection with one made elsewhere: how the outside of the sandbox and its inside reach each
/// other.</summary>
internal sealed class SocketForwarder : IDisposable
{
    private const int Backlog = 128;

    private readonly Socket _listener;
    private readonly Func<CancellationToken, Task<Socket>> _connect;

    private SocketForwarder(EndPoint endpoint, string shown, Func<CancellationToken, Task<Socket>> connect)
    {
        _connect = connect;
        _listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            _listener.Bind(endpoint);
            _listener.Listen(Backlog);
        }
        catch (SocketException e)
        {
            _listener.Dispose();
            throw new ControlException($"cannot listen on {shown}: {e.Message}; choose another port (0 takes a free one)");
        }
    }

    public int LocalPort => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Listens on 127.0.0.1.</summary>
    /// <param name="port">0 takes a free one.</param>
    /// <exception cref="ControlException">The port is taken.</exception>
    public static SocketForwarder OnLoopback(int port, Func<CancellationToken, Task<Socket>> connect) =>
        new(new IPEndPoint(IPAddress.Loopback, port), $"127.0.0.1:{port}", connect);

    /// <summary>A free port on 127.0.0.1 outside that leads to an address inside.</summary>
    public static SocketForwarder Inwards(string controlSocket, string host, int port) =>
        OnLoopback(0, cancellationToken => ControlClient.ConnectAsync(controlSocket, host, port, cancellationToken));

    /// <summary>Listens on a unix socket, the one thing that both sides of a network namespace share.</summary>
    public static SocketForwarder OnUnixSocket(string path, Func<CancellationToken, Task<Socket>> connect) =>
        new(new UnixDomainSocketEndPoint(path), path, connect);

    public static async Task<Socket> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _listener.Dispose();

    /// <param name="refused">Told why a connection could not be made; the forwarding goes on.</param>
    public async Task RunAsync(Action<string> refused, CancellationToken cancellationToken)
    {
        while (true)
        {
            _ = ForwardAsync(await _listener.AcceptAsync(cancellationToken), refused, cancellationToken);
        }
    }

    private async Task ForwardAsync(Socket accepted, Action<string> refused, CancellationToken cancellationToken)
    {
        using (accepted)
        {
            try
            {
                using var made = await _connect(cancellationToken);
                await StreamJoin.RunAsync(accepted, made, cancellationToken);
            }
            catch (Exception e) when (e is ControlException or SocketException)
            {
                refused(e.Message);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested) { }
        }
    }
}
