using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>A patch's media type says how its body is laid over the object.</summary>
internal static class Patches
{
    public static Func<JsonObject, JsonNode> Change(string mediaType, JsonNode body, ResourceKind kind) =>
        mediaType switch
        {
            "application/merge-patch+json" => node => MergePatch.Apply(node, body),
            "application/strategic-merge-patch+json" => node => StrategicMergePatch.Apply(node, body, kind.Schema),
            "application/json-patch+json" => node => JsonPatch.Apply(node, body),
            _ => throw ApiException.UnsupportedMediaType(
                "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, "
                    + "application/apply-patch+yaml"
            ),
        };
}
