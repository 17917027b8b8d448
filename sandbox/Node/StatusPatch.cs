using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>A merge patch that sets a pod's whole status: what is absent now is null in it, so that the server drops it.</summary>
internal static class StatusPatch
{
    private static readonly string[] Fields =
    [
        "phase",
        "hostIP",
        "podIP",
        "podIPs",
        "startTime",
        "qosClass",
        "initContainerStatuses",
        "containerStatuses",
        "conditions",
    ];

    public static JsonObject Of(V1PodStatus status)
    {
        var json = JsonNode.Parse(KubernetesJson.Serialize(status))!.AsObject();
        foreach (var field in Fields.Where(field => !json.ContainsKey(field)))
        {
            json[field] = null;
        }

        return new JsonObject { ["status"] = json };
    }
}
