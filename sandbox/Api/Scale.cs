using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>The scale subresource: an object's replicas in the form that every scalable kind shares.</summary>
internal static class Scale
{
    public static JsonObject Of(StoredObject stored) => Of(stored.ToNode());

    /// <summary>The object with a changed Scale laid back over it.</summary>
    public static JsonNode Laid(JsonObject scalable, Func<JsonObject, JsonNode> change)
    {
        var scale = change(Of(scalable));
        if (scale.Number("spec", "replicas") is not (>= 0 and <= int.MaxValue) and var replicas)
        {
            throw ApiException.BadRequest(
                $"spec.replicas of a Scale is {replicas?.ToString(CultureInfo.InvariantCulture) ?? "missing"}; it must be a number from 0"
            );
        }

        var result = scalable.DeepClone().AsObject();
        result.Object("spec")["replicas"] = scale.Number("spec", "replicas");
        if (scale.Text("metadata", "resourceVersion") is { Length: > 0 } version)
        {
            result.Metadata()["resourceVersion"] = version;
        }

        return result;
    }

    public static Func<JsonObject, JsonNode> Change(string mediaType, JsonNode body) =>
        mediaType switch
        {
            "application/merge-patch+json" or "application/strategic-merge-patch+json" => scale => MergePatch.Apply(scale, body),
            "application/json-patch+json" => scale => JsonPatch.Apply(scale, body),
            _ => throw ApiException.NotImplemented($"{mediaType} of a scale subresource"),
        };

    private static JsonObject Of(JsonObject scalable)
    {
        var metadata = new JsonObject();
        foreach (var field in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            metadata[field] = scalable.At("metadata", field)?.DeepClone();
        }

        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = scalable.Number("spec", "replicas") ?? 0 },
            ["status"] = new JsonObject
            {
                ["replicas"] = scalable.Number("status", "replicas") ?? 0,
                ["selector"] = string.Join(
                    ",",
                    (scalable.At("spec", "selector", "matchLabels") as JsonObject ?? []).Select(pair => $"{pair.Key}={pair.Value}")
                ),
            },
        };
    }
}
