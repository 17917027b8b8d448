using System.Globalization;
using System.Net.Sockets;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.Sandbox.Node;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Launch;

/// <summary>The inside's end of <see cref="ControlClient"/>: faults, and connections to addresses that only exist in here.</summary>
internal sealed class ControlServer : IDisposable
{
    private readonly SandboxNodes _nodes;
    private readonly Holds? _holds;
    private readonly ILogger _logger;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <param name="holds">Null where the API server is a real one, which holds nothing.</param>
    public ControlServer(string socketPath, SandboxNodes nodes, Holds? holds, ILogger logger)
    {
        (_nodes, _holds, _logger) = (nodes, holds, logger);
        _listener.Bind(new UnixDomainSocketEndPoint(socketPath));
        _listener.Listen();
    }

    public void Dispose() => _listener.Dispose();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            _ = ServeAsync(await _listener.AcceptAsync(cancellationToken), cancellationToken);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        using (socket)
        {
            try
            {
                var request = await ControlClient.ReadLineAsync(socket, cancellationToken);
                switch (request.Split(' '))
                {
                    case ["connect", var host, var port]:
                        await ConnectAsync(socket, host, int.Parse(port, CultureInfo.InvariantCulture), cancellationToken);
                        break;
                    case ["fault", var kind, var @namespace, var pod]:
                        await ControlClient.WriteLineAsync(
                            socket,
                            await FaultAsync(kind, @namespace, pod, cancellationToken),
                            cancellationToken
                        );
                        break;
                    case ["node", var kind, var name]:
                        await ControlClient.WriteLineAsync(socket, await NodeFaultAsync(kind, name, cancellationToken), cancellationToken);
                        break;
                    case ["slow", var kind, var name, var seconds]:
                        await ControlClient.WriteLineAsync(socket, Slow(kind, name, seconds), cancellationToken);
                        break;
                    case ["partition", var @namespace, var pod, var target]:
                        await ControlClient.WriteLineAsync(
                            socket,
                            await PartitionAsync(@namespace, pod, target, cancellationToken),
                            cancellationToken
                        );
                        break;
                    case ["hold", var point, var resource] when Enum.TryParse<HoldPoint>(point, out var at):
                        await HoldAsync(socket, at, resource, cancellationToken);
                        break;
                    default:
                        await ControlClient.WriteLineAsync(socket, $"error unknown request: {request}", cancellationToken);
                        break;
                }
            }
            catch (Exception e) when (e is SocketException or IOException or FormatException or OperationCanceledException)
            {
                _logger.LogDebug("control connection ended: {Reason}", e.Message);
            }
        }
    }

    private static async Task ConnectAsync(Socket socket, string host, int port, CancellationToken cancellationToken)
    {
        using var inside = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await inside.ConnectAsync(host, port, cancellationToken);
        }
        catch (SocketException e)
        {
            await ControlClient.WriteLineAsync(
                socket,
                $"error cannot connect to {host}:{port} in the sandbox: {e.Message}",
                cancellationToken
            );
            return;
        }

        await ControlClient.WriteLineAsync(socket, "ok", cancellationToken);
        await StreamJoin.RunAsync(socket, inside, cancellationToken);
    }

    /// <summary>Answers "ok" when the next such write will be held, and again when it is; the write goes on once the caller hangs
    /// up.</summary>
    private async Task HoldAsync(Socket socket, HoldPoint point, string resource, CancellationToken cancellationToken)
    {
        if (_holds is null)
        {
            await ControlClient.WriteLineAsync(socket, "error only the sandbox's own API server can hold a write", cancellationToken);
            return;
        }

        using var hold = _holds.Next(point, resource);
        await ControlClient.WriteLineAsync(socket, "ok", cancellationToken);
        var hungUp = ControlClient.ReadLineAsync(socket, cancellationToken);
        if (await Task.WhenAny(hold.Held, hungUp) == hold.Held)
        {
            await ControlClient.WriteLineAsync(socket, $"ok {await hold.Held}", cancellationToken);
            await hungUp;
        }
    }

    private async Task<string> PartitionAsync(string @namespace, string name, string from, CancellationToken cancellationToken) =>
        PartitionTarget.Parse(from) is not { } target
            ? $"error '{from}' names no addresses; give for example 10.128.0.12, 10.128.0.1:6443 or 10.128.0.0/16:2379"
        : _nodes.Pod(@namespace, name) is not { } pod ? $"error no pod {@namespace}/{name} runs in the sandbox"
        : await pod.PartitionFromAsync(target, cancellationToken) ? "ok"
        : $"error pod {@namespace}/{name} is not on the network";

    private async Task<string> NodeFaultAsync(string kind, string name, CancellationToken cancellationToken)
    {
        if (_nodes.Node(name) is not { } node)
        {
            return $"error the sandbox has no node {name}; its nodes are {string.Join(", ", NodeOptions.Names)}";
        }

        if (Faults.Find(kind) is not { OfNode: true, Lasts: false } fault)
        {
            return $"error unknown fault {kind} of a node; known: {Names(ofNode: true)}";
        }

        await (fault == Faults.NodeDown ? node.GoDownAsync(cancellationToken) : node.ComeUpAsync(cancellationToken));
        return "ok";
    }

    private string Slow(string kind, string name, string seconds)
    {
        if (_nodes.Node(name)?.Delays is not { } delays)
        {
            return $"error the sandbox has no node {name}; its nodes are {string.Join(", ", NodeOptions.Names)}";
        }

        if (DelayRange.Parse(seconds) is not { } range)
        {
            return $"error '{seconds}' is no number of seconds; give for example 20 or 1-120";
        }

        var fault = Faults.Find(kind);
        if (fault == Faults.SlowStart)
        {
            delays.Start = range;
        }
        else if (fault == Faults.SlowStorage)
        {
            delays.Storage = range;
        }
        else if (fault == Faults.SilentAddresses)
        {
            delays.Silence = range;
        }
        else
        {
            return $"error fault {kind} takes no seconds";
        }

        return "ok";
    }

    private async Task<string> FaultAsync(string kind, string @namespace, string name, CancellationToken cancellationToken)
    {
        if (_nodes.Pod(@namespace, name) is not { } pod)
        {
            return $"error no pod {@namespace}/{name} runs in the sandbox";
        }

        switch (kind)
        {
            case "kill":
                return await pod.KillAsync() is > 0 and var killed ? $"ok {killed}" : NoContainer();
            case "wipe":
                return $"ok {await pod.WipeAsync(cancellationToken)}";
            case "stop":
                return pod.Freeze() is > 0 and var stopped ? $"ok {stopped}" : NoContainer();
            case "continue":
                return pod.Thaw() is > 0 and var continued ? $"ok {continued}" : NoContainer();
            case "partition":
                return await pod.PartitionAsync(cancellationToken) ? "ok" : NoAddress();
            case "copy-volume":
                await pod.CopyVolumeAsync(cancellationToken);
                return "ok";
            case "old-volume":
                return await pod.PutOldVolumeBackAsync(cancellationToken) ? "ok" : $"error nothing was copied of {@namespace}/{name}";
            case "heal":
                return await pod.HealAsync(cancellationToken) ? "ok" : NoAddress();
            default:
                return $"error unknown fault {kind} of a pod; known: {Names(ofNode: false)}";
        }

        string NoContainer() => $"error pod {@namespace}/{name} has no running container";
        string NoAddress() => $"error pod {@namespace}/{name} is not on the network";
    }

    private static string Names(bool ofNode) =>
        string.Join(", ", Faults.All.Where(fault => fault.OfNode == ofNode).Select(fault => fault.Name));
}
