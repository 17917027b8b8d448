using System.Net.Sockets;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>The containers that run, as an API server reaches them through the kubelet of their node.</summary>
internal interface IContainers
{
    /// <summary>Finds where a command may be run.</summary>
    /// <param name="container">Null for the only one of the pod.</param>
    /// <exception cref="ApiException">400: the pod has several containers, or none of that name, or it does not run.</exception>
    IContainerShell Find(string @namespace, string pod, string? container);

    /// <summary>Finds what a container has written.</summary>
    /// <param name="previous">Of the run before its last restart.</param>
    /// <exception cref="ApiException">400: as above, or there was no such run.</exception>
    ContainerRun Run(string @namespace, string pod, string? container, bool previous);

    /// <exception cref="ApiException">400: the pod does not run.</exception>
    void CheckRuns(string @namespace, string pod);

    /// <summary>Connects to a port of a pod, from inside the pod.</summary>
    /// <exception cref="ApiException">400: the pod does not run.</exception>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    Task<Socket> ConnectAsync(string @namespace, string pod, int port, CancellationToken cancellationToken);
}

/// <summary>One running container.</summary>
internal interface IContainerShell
{
    /// <summary>Runs a command beside the container's own process, and gives its exit code.</summary>
    Task<int> ExecAsync(IEnumerable<string> command, CommandStreams streams, CancellationToken cancellationToken);
}

/// <summary>What goes into a command and comes out of it.</summary>
internal sealed record CommandStreams(Stream Input, Stream Output, Stream Error)
{
    public static CommandStreams None => new(Stream.Null, Stream.Null, Stream.Null);
}

/// <summary>One run of a container, from its start to its end, and its part of the container's log.</summary>
/// <param name="LogStart">Where it begins in the file, which all runs share.</param>
internal sealed record ContainerRun(string LogFile, long LogStart)
{
    private readonly TaskCompletionSource<long> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where it ends in the file; not complete while it runs.</summary>
    public Task<long> LogEnd => _ended.Task;

    public void End() => _ended.TrySetResult(Length(LogFile));

    /// <summary>0 where nothing was ever written.</summary>
    public static long Length(string file) => File.Exists(file) ? new FileInfo(file).Length : 0;
}
