using System.Net.Sockets;
using GitOpsOperator.Sandbox.Api;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>The nodes of the sandbox, and who is where.</summary>
internal sealed class SandboxNodes(IReadOnlyList<SandboxNode> nodes) : IContainers
{
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(nodes.Select(node => node.RunAsync(cancellationToken)));

    /// <summary>The node of that name; null when there is none.</summary>
    public SandboxNode? Node(string name) => nodes.FirstOrDefault(node => node.Name == name);

    /// <summary>The running pod of that name; null when there is none. While a lost node has one and another node its successor, that
    /// one.</summary>
    public PodWorker? Pod(string @namespace, string name) =>
        nodes.OrderBy(node => node.IsLost).Select(node => node.Pod(@namespace, name)).FirstOrDefault(pod => pod is not null);

    public IContainerShell Find(string @namespace, string pod, string? container) => Running(@namespace, pod).Shell(container);

    public ContainerRun Run(string @namespace, string pod, string? container, bool previous) =>
        Running(@namespace, pod).Run(container, previous);

    public void CheckRuns(string @namespace, string pod) => Running(@namespace, pod);

    public Task<Socket> ConnectAsync(string @namespace, string pod, int port, CancellationToken cancellationToken) =>
        Running(@namespace, pod).ConnectAsync(port, cancellationToken);

    private PodWorker Running(string @namespace, string pod) =>
        Pod(@namespace, pod) ?? throw ApiException.BadRequest($"pod {pod} does not run yet");
}
