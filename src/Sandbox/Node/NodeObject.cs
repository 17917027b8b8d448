using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>
/// The node as the API has it. Nothing here needs it, but Kubernetes' own controllers look up the node of each pod and give up on a pod
/// without one (EndpointSlices), and people ask <c>kubectl get nodes</c>.
/// </summary>
internal static class NodeObject
{
    public static async Task RegisterAsync(IKubernetes client, NodeOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var node = new V1Node
        {
            ApiVersion = "v1",
            Kind = "Node",
            Metadata = new V1ObjectMeta
            {
                Name = options.Name,
                Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = options.Name, ["kubernetes.io/os"] = "linux" },
            },
        };
        await client.CoreV1.CreateNodeAsync(node, cancellationToken: cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var status = new V1NodeStatus
        {
            Addresses = [new V1NodeAddress { Type = "InternalIP", Address = options.Address.ToString() }, new V1NodeAddress { Type = "Hostname", Address = options.Name }],
            Conditions =
            [
                new V1NodeCondition
                {
                    Type = "Ready", Status = "True", Reason = "SandboxReady", Message = "pods are started as processes", LastHeartbeatTime = now, LastTransitionTime = now,
                },
            ],
        };
        await client.CoreV1.PatchNodeStatusAsync(new V1Patch(new { status }, V1Patch.PatchType.MergePatch), options.Name, cancellationToken: cancellationToken);
    }
}
