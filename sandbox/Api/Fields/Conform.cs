using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Api.Fields;

/// <summary>A body in the shape that the server keeps: only known fields, of the right types, no nulls, no empty lists and maps,
/// quantities in their canonical form. This is what decoding into typed objects does in a real server.</summary>
internal sealed class Conform
{
    private readonly List<string> _unknown = [];
    private bool _defined;

    /// <summary>Fields that the kind does not have; they are dropped, and told or refused as fieldValidation asks.</summary>
    public IReadOnlyList<string> Unknown => _unknown;

    /// <exception cref="ApiException">400: a value of the wrong type.</exception>
    public JsonObject Object(JsonNode node, ResourceKind kind)
    {
        _defined = kind.Definition is not null;
        return (Node(node, kind.Schema, "") as JsonObject) ?? throw ApiException.BadRequest($"the body is not a {kind.Kind} object");
    }

    private JsonNode? Node(JsonNode node, Schema schema, string path)
    {
        switch (schema)
        {
            case Schema.Struct or Schema.MapOf when node is JsonObject fields:
                var kept = new JsonObject();
                foreach (var (name, value) in fields)
                {
                    if (schema.Field(name) is not { } field)
                    {
                        _unknown.Add($"{path}.{name}".TrimStart('.'));
                    }
                    else if (value is not null && Node(value, field, $"{path}.{name}".TrimStart('.')) is { } conforming)
                    {
                        kept[name] = conforming;
                    }
                }

                return schema is Schema.MapOf && kept.Count == 0 && !_defined ? null : kept;
            case Schema.ListOf list when node is JsonArray items:
                var conformed = new JsonArray([
                    .. items.Select(
                        (item, index) =>
                            Node(item ?? throw ApiException.BadRequest($"{path}[{index}] is null"), list.Element, $"{path}[{index}]")
                    ),
                ]);
                return conformed.Count == 0 && !_defined ? null : conformed;
            case Schema.Scalar scalar when node is JsonValue value && IsOf(scalar.Type, value):
                return scalar.Type == typeof(ResourceQuantity) ? Canonical(value, path) : value.DeepClone();
            case Schema.Any:
                return node.DeepClone();

            // Its own rules are checked when the object is whole, and with another answer.
            case not Schema.Scalar when _defined && path.Length > 0 && !path.StartsWith("metadata", StringComparison.Ordinal):
                return node.DeepClone();
            default:
                var wanted = schema switch
                {
                    Schema.Scalar one => one.Type.Name,
                    Schema.ListOf => "list",
                    _ => "object",
                };
                throw ApiException.BadRequest($"json: cannot unmarshal {node.GetValueKind()} into field {path} of type {wanted}");
        }
    }

    private static bool IsOf(Type type, JsonValue value)
    {
        var kind = value.GetValueKind();
        return type switch
        {
            _ when type == typeof(bool) => kind is JsonValueKind.True or JsonValueKind.False,
            _ when type == typeof(int) => value.Number() is >= int.MinValue and <= int.MaxValue,
            _ when type == typeof(long) => value.Number() is not null,
            _ when type == typeof(double) => kind == JsonValueKind.Number,
            _ when type == typeof(IntOrString) || type == typeof(ResourceQuantity) => kind is JsonValueKind.String or JsonValueKind.Number,
            _ when type == typeof(byte[]) => kind == JsonValueKind.String && IsBase64(value.GetValue<string>()),
            _ => kind == JsonValueKind.String,
        };
    }

    private static bool IsBase64(string text) => Convert.TryFromBase64String(text, new byte[text.Length], out _);

    private static JsonValue Canonical(JsonValue value, string path)
    {
        try
        {
            return JsonValue.Create(new ResourceQuantity(value.ToString()).CanonicalizeString());
        }
        catch (Exception error) when (error is FormatException or ArgumentException or OverflowException)
        {
            throw ApiException.BadRequest(
                $"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$': {path}: \"{value}\""
            );
        }
    }
}
