using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Fields;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>Kubernetes' own patch: like a merge patch, but lists whose items have a key merge item by item, and directives
/// ($patch, $deleteFromPrimitiveList, $setElementOrder, $retainKeys) say what a merge cannot.</summary>
internal static class StrategicMergePatch
{
    public static JsonNode Apply(JsonNode target, JsonNode patch, Schema schema) =>
        patch is JsonObject changes
            ? Object(target as JsonObject, changes, schema)
            : throw ApiException.BadRequest("a strategic merge patch is an object");

    private static JsonObject Object(JsonObject? target, JsonObject patch, Schema schema)
    {
        switch (patch.Text("$patch"))
        {
            case "replace":
                return Without(patch);
            case "delete":
                return [];
            case null or "merge":
                break;
            case var other:
                throw ApiException.BadRequest($"Unknown patch type: {other}");
        }

        var result = target?.DeepClone().AsObject() ?? [];
        if (patch["$retainKeys"] is JsonArray retained)
        {
            var keep = retained.Select(key => key?.ToString()).ToHashSet();
            foreach (var name in result.Select(pair => pair.Key).Where(name => !keep.Contains(name)).ToList())
            {
                result.Remove(name);
            }
        }

        foreach (var (name, value) in patch)
        {
            if (name.StartsWith("$deleteFromPrimitiveList/", StringComparison.Ordinal))
            {
                DeleteValues(result, name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..], value as JsonArray ?? []);
            }
            else if (name.StartsWith('$'))
            {
                // The order of items carries no meaning in the lists of the known kinds that merge by key; the rest was read above.
                continue;
            }
            else if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = Value(result[name], value, schema.Field(name) ?? new Schema.Any());
            }
        }

        return result;
    }

    private static JsonNode Value(JsonNode? target, JsonNode patch, Schema schema) =>
        (schema, patch) switch
        {
            (Schema.ListOf { Merge: { Kind: ListMergeKind.Map, PatchKey: { } key } } list, JsonArray items) => Items(
                target as JsonArray,
                items,
                key,
                list.Element
            ),
            (Schema.ListOf { Merge.Kind: ListMergeKind.Set }, JsonArray values) => Union(target as JsonArray, values),
            (Schema.ListOf, _) => patch.DeepClone(),
            (_, JsonObject changes) => Object(target as JsonObject, changes, schema),
            _ => patch.DeepClone(),
        };

    private static JsonArray Items(JsonArray? target, JsonArray patch, string key, Schema element)
    {
        var replaces = patch.OfType<JsonObject>().Any(item => item.Text("$patch") == "replace" && item.Count == 1);
        var result = replaces ? [] : target?.DeepClone().AsArray() ?? [];
        foreach (var item in patch.OfType<JsonObject>())
        {
            if (item.Text("$patch") == "replace" && item.Count == 1)
            {
                continue;
            }

            var wanted =
                item[key] ?? throw ApiException.BadRequest($"map: {item.ToJsonString()} does not contain declared merge key: {key}");
            var there = result.OfType<JsonObject>().FirstOrDefault(one => JsonNode.DeepEquals(one[key], wanted));
            if (item.Text("$patch") == "delete")
            {
                result.Remove(there);
            }
            else if (there is null)
            {
                result.Add(Object(null, item, element));
            }
            else
            {
                result[result.IndexOf(there)] = Object(there, item, element);
            }
        }

        return result;
    }

    private static JsonArray Union(JsonArray? target, JsonArray values)
    {
        var result = target?.DeepClone().AsArray() ?? [];
        foreach (var value in values.Where(value => !result.Any(one => JsonNode.DeepEquals(one, value))).ToList())
        {
            result.Add(value?.DeepClone());
        }

        return result;
    }

    private static void DeleteValues(JsonObject target, string name, JsonArray values)
    {
        if (target[name] is JsonArray there)
        {
            target[name] = new JsonArray([
                .. there.Where(one => !values.Any(value => JsonNode.DeepEquals(one, value))).Select(one => one?.DeepClone()),
            ]);
        }
    }

    private static JsonObject Without(JsonObject patch)
    {
        var result = patch.DeepClone().AsObject();
        result.Remove("$patch");
        return result;
    }
}
