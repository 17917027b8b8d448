using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>RFC 6902: add, remove, replace, test, move, copy.</summary>
internal static class JsonPatch
{
    /// <summary>As many as a real server carries out.</summary>
    private const int MaxOperations = 10_000;

    /// <summary>Copies of copies are what makes a small patch a large object.</summary>
    private const int MaxCopiedBytes = 3 * 1024 * 1024;

    /// <exception cref="ApiException">400: not a patch; 413: too much of one; 422: it does not fit the object.</exception>
    public static JsonNode Apply(JsonNode target, JsonNode patch)
    {
        if (patch is not JsonArray operations)
        {
            throw ApiException.BadRequest("a JSON patch is a list of operations");
        }

        if (operations.Count > MaxOperations)
        {
            throw ApiException.TooLarge($"The allowed maximum operations in a JSON patch is {MaxOperations}, got {operations.Count}");
        }

        var copied = 0;

        // Under a root of its own, so that the whole document has a parent as well.
        var root = new JsonObject { ["root"] = target.DeepClone() };
        foreach (var operation in operations)
        {
            var path = Path(operation.Text("path"));
            switch (operation.Text("op"))
            {
                case "add":
                    Add(root, path, operation.At("value")?.DeepClone());
                    break;
                case "remove":
                    Remove(root, path);
                    break;
                case "replace":
                    Remove(root, path);
                    Add(root, path, operation.At("value")?.DeepClone());
                    break;
                case "test":
                    if (!JsonNode.DeepEquals(Find(root, path), operation.At("value")))
                    {
                        throw Rejected($"the JSON patch's test of {operation.Text("path")} failed");
                    }

                    break;
                case "copy":
                    var source = Find(root, Path(operation.Text("from")));
                    copied += source is null ? 0 : Json.Bytes(source).Length;
                    if (copied > MaxCopiedBytes)
                    {
                        throw ApiException.TooLarge($"The allowed maximum of what a JSON patch copies is {MaxCopiedBytes} bytes");
                    }

                    Add(root, path, source?.DeepClone());
                    break;
                case "move":
                    Add(root, path, Remove(root, Path(operation.Text("from"))));
                    break;
                case var other:
                    throw ApiException.BadRequest($"unknown JSON patch operation \"{other}\"");
            }
        }

        return root["root"]?.DeepClone() ?? throw ApiException.BadRequest("the JSON patch removes the whole object");
    }

    private static string[] Path(string? pointer)
    {
        if (pointer is null || (pointer.Length > 0 && pointer[0] != '/'))
        {
            throw ApiException.BadRequest($"\"{pointer}\" is not a JSON pointer");
        }

        return
        [
            "root",
            .. pointer
                .Split('/')
                .Skip(1)
                .Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)),
        ];
    }

    private static JsonNode? Find(JsonNode root, ReadOnlySpan<string> path)
    {
        JsonNode? node = root;
        foreach (var part in path)
        {
            node = node switch
            {
                JsonObject fields when fields.ContainsKey(part) => fields[part],
                JsonArray items => items[Index(items, part, items.Count - 1)],
                _ => throw Missing(path),
            };
        }

        return node;
    }

    private static void Add(JsonNode root, string[] path, JsonNode? value)
    {
        if (path.Length + Json.Depth(value) > Json.MaxDepth)
        {
            throw ApiException.BadRequest($"the JSON patch nests deeper than {Json.MaxDepth}");
        }

        switch (Find(root, path.AsSpan(0, path.Length - 1)))
        {
            case JsonObject fields:
                fields[path[^1]] = value;
                break;
            case JsonArray items:
                items.Insert(path[^1] == "-" ? items.Count : Index(items, path[^1], items.Count), value);
                break;
            default:
                throw Missing(path);
        }
    }

    private static JsonNode? Remove(JsonNode root, string[] path)
    {
        var value = Find(root, path);
        switch (Find(root, path.AsSpan(0, path.Length - 1)))
        {
            case JsonObject fields:
                fields.Remove(path[^1]);
                break;
            case JsonArray items:
                items.RemoveAt(Index(items, path[^1], items.Count - 1));
                break;
        }

        return value;
    }

    private static int Index(JsonArray items, string part, int last) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= last ? index : throw Missing([part]);

    private static ApiException Missing(ReadOnlySpan<string> path) =>
        Rejected($"the JSON patch names /{string.Join('/', path.ToArray())}, which is not there");

    private static ApiException Rejected(string why) =>
        ApiException.InvalidOptions($"the server rejected our request due to an error in our request: {why}");
}
