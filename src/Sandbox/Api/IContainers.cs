namespace GitOpsOperator.Sandbox.Api;

/// <summary>The containers that run, as an API server reaches them through the kubelet of their node.</summary>
internal interface IContainers
{
    /// <summary>Finds where a command may be run.</summary>
    /// <param name="container">Null for the only one of the pod.</param>
    /// <exception cref="ApiException">400: the pod has several containers, or none of that name; 404: it does not run here.</exception>
    IContainerShell Find(string @namespace, string pod, string? container);
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
