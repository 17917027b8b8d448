using System.Net;
using System.Net.Sockets;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>A port on 127.0.0.1 outside that leads to an address inside.</summary>
internal sealed class LoopbackForwarder : IDisposable
{
    private readonly TcpListener _listener;
    private readonly string _controlSocket;
    private readonly string _host;
    private readonly int _port;

    public LoopbackForwarder(int localPort, string controlSocket, string host, int port)
    {
        (_controlSocket, _host, _port) = (controlSocket, host, port);
        _listener = new TcpListener(IPAddress.Loopback, localPort);
        try
        {
            _listener.Start();
        }
        catch (SocketException e)
        {
            _listener.Dispose();
            throw new ControlException($"cannot listen on 127.0.0.1:{localPort}: {e.Message}; choose another port (0 takes a free one)");
        }
    }

    public int LocalPort => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    /// <param name="refused">Told why a connection could not be made; the forwarding goes on.</param>
    public async Task RunAsync(Action<string> refused, CancellationToken cancellationToken)
    {
        while (true)
        {
            _ = ForwardAsync(await _listener.AcceptSocketAsync(cancellationToken), refused, cancellationToken);
        }
    }

    private async Task ForwardAsync(Socket outside, Action<string> refused, CancellationToken cancellationToken)
    {
        using (outside)
        {
            try
            {
                using var inside = await ControlClient.ConnectAsync(_controlSocket, _host, _port, cancellationToken);
                await StreamJoin.RunAsync(outside, inside, cancellationToken);
            }
            catch (Exception e) when (e is ControlException or SocketException)
            {
                refused(e.Message);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
            }
        }
    }
}
