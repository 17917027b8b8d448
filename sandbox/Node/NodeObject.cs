using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>
/// A node as the API has it: what the scheduler places pods by, what Kubernetes' own controllers look up for each pod, and what people
/// drain.
/// </summary>
internal static class NodeObject
{
    public const string HostnameLabel = "kubernetes.io/hostname";

    private const string Unreachable = "node.kubernetes.io/unreachable";

    public static async Task RegisterAsync(IKubernetes client, NodeOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var node = new V1Node
        {
            ApiVersion = "v1",
            Kind = "Node",
            Metadata = new V1ObjectMeta
            {
                Name = options.Name,
                Labels = new Dictionary<string, string> { [HostnameLabel] = options.Name, ["kubernetes.io/os"] = "linux" },
            },
        };
        await client.CoreV1.CreateNodeAsync(node, cancellationToken: cancellationToken);
        await WriteStatusAsync(client, options, Well(time), cancellationToken);
    }

    /// <summary>What Kubernetes' node controller does with a node that it does not hear from: nobody knows how it is, and no pod is sent
    /// there.</summary>
    public static async Task WriteDownAsync(IKubernetes client, NodeOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        await WriteStatusAsync(
            client,
            options,
            Ready("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", time),
            cancellationToken
        );
        await WriteTaintsAsync(
            client,
            options,
            [new() { Key = Unreachable, Effect = "NoSchedule" }, new() { Key = Unreachable, Effect = "NoExecute" }],
            cancellationToken
        );
    }

    /// <summary>Ends <see cref="WriteDownAsync"/>.</summary>
    public static async Task WriteUpAsync(IKubernetes client, NodeOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        await WriteTaintsAsync(client, options, [], cancellationToken);
        await WriteStatusAsync(client, options, Well(time), cancellationToken);
    }

    private static V1NodeCondition Well(TimeProvider time) => Ready("True", "SandboxReady", "pods are started as processes", time);

    private static V1NodeCondition Ready(string status, string reason, string message, TimeProvider time)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return new()
        {
            Type = "Ready",
            Status = status,
            Reason = reason,
            Message = message,
            LastHeartbeatTime = now,
            LastTransitionTime = now,
        };
    }

    private static Task<V1Node> WriteTaintsAsync(
        IKubernetes client,
        NodeOptions options,
        V1Taint[] taints,
        CancellationToken cancellationToken
    ) =>
        client.CoreV1.PatchNodeAsync(
            new V1Patch(new { spec = new { taints } }, V1Patch.PatchType.MergePatch),
            options.Name,
            cancellationToken: cancellationToken
        );

    private static async Task WriteStatusAsync(
        IKubernetes client,
        NodeOptions options,
        V1NodeCondition ready,
        CancellationToken cancellationToken
    )
    {
        var status = new V1NodeStatus
        {
            Addresses =
            [
                new V1NodeAddress { Type = "InternalIP", Address = options.HostAddress.ToString() },
                new V1NodeAddress { Type = "Hostname", Address = options.Name },
            ],
            Conditions = [ready],
        };
        await client.CoreV1.PatchNodeStatusAsync(
            new V1Patch(new { status }, V1Patch.PatchType.MergePatch),
            options.Name,
            cancellationToken: cancellationToken
        );
    }
}
