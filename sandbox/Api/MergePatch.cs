using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>RFC 7386: fields replace fields, null removes, lists are replaced.</summary>
internal static class MergePatch
{
    public static JsonNode Apply(JsonNode? target, JsonNode patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch.DeepClone();
        }

        var result = target is JsonObject there ? there.DeepClone().AsObject() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = Apply(result[name], value);
            }
        }

        return result;
    }
}
