using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>Reading and writing JSON trees by path.</summary>
internal static class Json
{
    /// <summary>Of what a client writes.</summary>
    public const int MaxDepth = 64;

    /// <summary>Of what is kept of it: who owns which field is told in the object itself, as deep as its fields are.</summary>
    private const int MaxStoredDepth = 4 * MaxDepth;

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaxStoredDepth,
    };

    public static byte[] Bytes(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, Plain);

    /// <exception cref="ApiException">400 when it is not a JSON object.</exception>
    public static JsonNode Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false })
                ?? throw ApiException.BadRequest("the body is null; an object is needed");
        }
        catch (JsonException error)
        {
            throw ApiException.BadRequest($"the body is not JSON: {error.Message}");
        }
    }

    /// <summary>What was stored once.</summary>
    public static JsonObject Stored(ReadOnlySpan<byte> bytes) =>
        JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = MaxStoredDepth })!.AsObject();

    public static int Depth(JsonNode? node) =>
        node switch
        {
            JsonObject fields => 1 + fields.Select(field => Depth(field.Value)).DefaultIfEmpty().Max(),
            JsonArray items => 1 + items.Select(Depth).DefaultIfEmpty().Max(),
            _ => 0,
        };

    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var field in path)
        {
            node = (node as JsonObject)?[field];
        }

        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        At(node, path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>By its text: a number that was not read but made here as another integer type would not be given out as this one.</summary>
    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        At(node, path) is JsonValue value
        && value.GetValueKind() == JsonValueKind.Number
        && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        At(node, path) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        At(node, path) is JsonArray list ? list.OfType<JsonObject>() : [];

    /// <summary>The object at a field, made when it is not there.</summary>
    public static JsonObject Object(this JsonObject parent, string field)
    {
        if (parent[field] is JsonObject there)
        {
            return there;
        }

        var made = new JsonObject();
        parent[field] = made;
        return made;
    }

    public static JsonObject Metadata(this JsonObject node) => node.Object("metadata");

    /// <summary>Takes a field from another object: its value there, or its absence.</summary>
    public static void Take(this JsonObject target, JsonObject source, string field)
    {
        if (source[field] is { } value)
        {
            target[field] = value.DeepClone();
        }
        else
        {
            target.Remove(field);
        }
    }

    public static void Default(this JsonObject target, string field, JsonNode value)
    {
        if (target[field] is null)
        {
            target[field] = value;
        }
    }
}
