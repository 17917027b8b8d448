using System.Net;
using System.Net.Sockets;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>The far end of a <see cref="Tunnel"/> through this program's own input and output, as <c>kubectl exec -i</c> starts it in a
/// pod.</summary>
internal static class Relay
{
    private const int Backlog = 128;

    /// <summary>Listens on all addresses of the pod until the near end hangs up.</summary>
    public static async Task RunAsync(int port, CancellationToken cancellationToken)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(listener.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, port));
        listener.Listen(Backlog);
        await using var input = Console.OpenStandardInput();
        await using var output = Console.OpenStandardOutput();
        using var tunnel = new Tunnel(input, output);
        await tunnel.AcceptAsync(listener, cancellationToken);
    }
}
