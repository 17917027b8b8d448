using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>A connection to a pod from inside it, as a kubelet makes it: it also reaches what listens on the pod's own loopback
/// only.</summary>
internal static class PodSocket
{
    private const int NetworkNamespace = 0x40000000;

    public static async Task<Socket> ConnectAsync(PodAddress place, int port, CancellationToken cancellationToken)
    {
        var socket = await CreateAsync(place.NamespacePath);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket stays in the network that it was made in; the thread that went there for it is not used again.</summary>
    private static Task<Socket> CreateAsync(string path)
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                using var network = File.OpenHandle(path);
                made.SetResult(
                    SetNamespace(network, NetworkNamespace) == 0
                        ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                        : throw new SocketException((int)SocketError.NetworkUnreachable)
                );
            }
            catch (Exception e)
            {
                made.SetException(e);
            }
        });
        thread.Start();
        return made.Task;
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(SafeFileHandle network, int type);
}
