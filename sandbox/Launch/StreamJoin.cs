using System.Net.Sockets;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>Passes bytes both ways between two connections until both directions have ended.</summary>
internal static class StreamJoin
{
    private const int BufferSize = 64 * 1024;

    public static async Task RunAsync(Socket left, Socket right, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(CopyAsync(left, right, cancellationToken), CopyAsync(right, left, cancellationToken));
        }
        catch (SocketException)
        {
            // One side broke off; closing both is all there is to do.
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (await from.ReceiveAsync(buffer, cancellationToken) is var length and > 0)
        {
            for (var sent = 0; sent < length; )
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), cancellationToken);
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
