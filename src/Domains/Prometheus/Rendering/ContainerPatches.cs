using System.Text.Json.Nodes;
using GitOpsOperator.Specs.Kubernetes;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus.Rendering;

/// <summary>
/// <c>spec.containers</c>, as prometheus-operator has it: one that has the name of a container that is rendered is laid over it by
/// Kubernetes'
/// strategic merge (https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md), any
/// other runs beside it.
/// </summary>
internal static class ContainerPatches
{
    /// <summary>
    /// The lists of a container whose entries have names of their own, and by which field; every other list is replaced whole.
    /// </summary>
    private static readonly Dictionary<string, string> MergeKeys = new(StringComparer.Ordinal)
    {
        ["env"] = "name",
        ["ports"] = "containerPort",
        ["volumeMounts"] = "mountPath",
        ["volumeDevices"] = "devicePath",
    };

    public static IEnumerable<V1Container> Apply(IReadOnlyList<V1Container> rendered, SpecNode given)
    {
        var patches = given
            .Items.Select(patch => (Name: patch["name"].Text ?? "", Patch: JsonNode.Parse(patch.ToString())!.AsObject()))
            .ToList();
        return
        [
            .. rendered.Select(container =>
                patches
                    .Where(patch => patch.Name == container.Name)
                    .Aggregate(
                        container,
                        (known, patch) => Read(Merge(JsonNode.Parse(KubernetesJson.Serialize(known))!.AsObject(), patch.Patch))
                    )
            ),
            .. patches.Where(patch => rendered.All(container => container.Name != patch.Name)).Select(patch => Read(patch.Patch)),
        ];
    }

    private static V1Container Read(JsonObject container) => KubernetesJson.Deserialize<V1Container>(container.ToJsonString());

    private static JsonObject Merge(JsonObject onto, JsonObject patch)
    {
        foreach (var (field, value) in patch)
        {
            switch (onto[field], value)
            {
                case (_, null):
                    onto.Remove(field);
                    break;
                case (JsonObject known, JsonObject change):
                    Merge(known, change);
                    break;
                case (JsonArray known, JsonArray change) when MergeKeys.TryGetValue(field, out var key):
                    MergeByKey(known, change, key);
                    break;
                default:
                    onto[field] = value.DeepClone();
                    break;
            }
        }

        return onto;
    }

    private static void MergeByKey(JsonArray onto, JsonArray patch, string key)
    {
        foreach (var entry in patch.OfType<JsonObject>())
        {
            if (onto.OfType<JsonObject>().FirstOrDefault(known => JsonNode.DeepEquals(known[key], entry[key])) is { } known)
            {
                Merge(known, entry);
            }
            else
            {
                onto.Add(entry.DeepClone());
            }
        }
    }
}
