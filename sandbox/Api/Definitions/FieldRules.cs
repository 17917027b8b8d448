using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GitOpsOperator.Sandbox.Api.Fields;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Api.Definitions;

/// <summary>What a definition's <c>openAPIV3Schema</c> demands of a field and of what lies below it: the part of OpenAPI that structural
/// schemas are mostly made of.</summary>
internal sealed class FieldRules
{
    /// <summary>Beside those, a keyword is answered with 501: a rule that is silently not held is worse than none.</summary>
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        "type",
        "description",
        "properties",
        "additionalProperties",
        "items",
        "required",
        "enum",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "title",
        "x-kubernetes-int-or-string",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-list-type",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-map-type"
    );

    private readonly string _type;
    private readonly bool _intOrString;
    private readonly bool _open;
    private readonly bool _atomic;
    private readonly Dictionary<string, FieldRules> _properties;
    private readonly FieldRules? _each;
    private readonly List<string> _required;
    private readonly List<string> _allowed;
    private readonly double? _minimum;
    private readonly double? _maximum;
    private readonly long? _shortest;
    private readonly long? _longest;
    private readonly Regex? _pattern;
    private readonly ListMerge _merge;

    private FieldRules(JsonObject schema, string path)
    {
        if (schema.Select(keyword => keyword.Key).FirstOrDefault(keyword => !Known.Contains(keyword)) is { } unknown)
        {
            throw ApiException.NotImplemented($"{unknown} at {path} of a definition");
        }

        _type = schema.Text("type") ?? "";
        _intOrString = schema.Flag("x-kubernetes-int-or-string");
        _open = schema.Flag("x-kubernetes-preserve-unknown-fields");
        _atomic = schema.Text("x-kubernetes-map-type") == "atomic";
        _properties = (schema["properties"] as JsonObject ?? []).ToDictionary(
            field => field.Key,
            field => new FieldRules(field.Value!.AsObject(), $"{path}.{field.Key}")
        );
        _each = (schema["items"] ?? schema["additionalProperties"]) is JsonObject each ? new(each, $"{path}[*]") : null;
        _required = Texts(schema["required"]);
        _allowed = [.. (schema["enum"] as JsonArray ?? []).Select(value => value?.ToJsonString() ?? "null")];
        (_minimum, _maximum) = (schema["minimum"]?.GetValue<double>(), schema["maximum"]?.GetValue<double>());
        (_shortest, _longest) = (schema.Number("minLength"), schema.Number("maxLength"));
        _pattern = schema.Text("pattern") is { } pattern ? Pattern(pattern, path) : null;
        _merge = schema.Text("x-kubernetes-list-type") switch
        {
            "map" => Texts(schema["x-kubernetes-list-map-keys"]) is [var first, ..] keys
                ? ListMerge.By(first, [.. keys])
                : throw ApiException.BadRequest($"{path}: a list of type map needs x-kubernetes-list-map-keys"),
            "set" => ListMerge.Set,
            _ => ListMerge.Atomic,
        };
    }

    private static Regex Pattern(string pattern, string path)
    {
        try
        {
            // As Go's expressions: what would need to go back is not known, and none takes longer than its text.
            return new(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw ApiException.BadRequest($"{path}: {error.Message}");
        }
    }

    /// <exception cref="ApiException">501: a keyword that is not known here.</exception>
    public static FieldRules Of(JsonObject schema) => new(schema, "openAPIV3Schema");

    /// <summary>The whole object's fields: those of the schema, and the metadata of every object.</summary>
    public Schema.Struct ToSchema() =>
        new(
            new(() =>
                _properties
                    .Where(field => field.Key is not ("apiVersion" or "kind" or "metadata"))
                    .Select(field => (field.Key, Value: field.Value.Below()))
                    .Concat([
                        ("apiVersion", new Schema.Scalar(typeof(string))),
                        ("kind", new Schema.Scalar(typeof(string))),
                        ("metadata", Schema.Of<V1ObjectMeta>()),
                    ])
                    .ToDictionary(field => field.Item1, field => field.Item2)
            ),
            Atomic: false
        );

    /// <summary>Adds what is wrong with an object; its metadata is checked elsewhere.</summary>
    public void Check(JsonObject node, List<InvalidField> faults)
    {
        foreach (var (name, rules) in _properties.Where(field => field.Key is not ("apiVersion" or "kind" or "metadata")))
        {
            CheckField(node[name], rules, _required.Contains(name), name, faults);
        }
    }

    private Schema Below()
    {
        if (_open || (_type == "object" && _properties.Count == 0 && _each is null))
        {
            return new Schema.Any();
        }

        return _type switch
        {
            "object" when _each is not null => new Schema.MapOf(_each.Below()),
            "object" => new Schema.Struct(new(() => _properties.ToDictionary(field => field.Key, field => field.Value.Below())), _atomic),
            "array" => new Schema.ListOf(_each?.Below() ?? new Schema.Any(), _merge),

            // Values are kept as they came: what they may be is checked with the rules.
            _ => new Schema.Any(),
        };
    }

    private static void CheckField(JsonNode? node, FieldRules rules, bool required, string path, List<InvalidField> faults)
    {
        if (node is not null)
        {
            rules.CheckValue(node, path, faults);
        }
        else if (required)
        {
            faults.Add(InvalidField.Required(path));
        }
    }

    private void CheckValue(JsonNode node, string path, List<InvalidField> faults)
    {
        if (!IsOfType(node))
        {
            faults.Add(
                new(
                    path,
                    "FieldValueTypeInvalid",
                    $"Invalid value: \"{TypeOf(node)}\": {path} in body must be of type "
                        + $"{(_intOrString ? "integer,string" : _type)}: \"{TypeOf(node)}\""
                )
            );
            return;
        }

        if (_allowed.Count > 0 && !_allowed.Contains(node.ToJsonString()))
        {
            faults.Add(
                new(
                    path,
                    "FieldValueNotSupported",
                    $"Unsupported value: {node.ToJsonString()}: supported values: {string.Join(", ", _allowed)}"
                )
            );
        }

        switch (node)
        {
            case JsonObject fields:
                foreach (var (name, rules) in _properties)
                {
                    CheckField(fields[name], rules, _required.Contains(name), $"{path}.{name}", faults);
                }

                foreach (var (name, value) in _each is null ? [] : fields.Where(field => field.Value is not null))
                {
                    _each!.CheckValue(value!, $"{path}.{name}", faults);
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count && _each is not null; i++)
                {
                    CheckField(items[i], _each, required: true, $"{path}[{i}]", faults);
                }

                break;
            case JsonValue value:
                CheckScalar(value, path, faults);
                break;
        }
    }

    private void CheckScalar(JsonValue value, string path, List<InvalidField> faults)
    {
        if (value.GetValueKind() == JsonValueKind.Number)
        {
            var number = double.Parse(
                value.ToJsonString(),
                System.Globalization.NumberStyles.Float,
                System.Globalization.CultureInfo.InvariantCulture
            );
            if (number < _minimum)
            {
                faults.Add(
                    new(path, "FieldValueInvalid", $"Invalid value: {number}: {path} in body should be greater than or equal to {_minimum}")
                );
            }
            else if (number > _maximum)
            {
                faults.Add(
                    new(path, "FieldValueInvalid", $"Invalid value: {number}: {path} in body should be less than or equal to {_maximum}")
                );
            }
        }
        else if (value.GetValueKind() == JsonValueKind.String)
        {
            var text = value.GetValue<string>();
            if (text.Length > _longest)
            {
                faults.Add(new(path, "FieldValueTooLong", $"Too long: may not be more than {_longest} bytes"));
            }
            else if (text.Length < _shortest)
            {
                faults.Add(InvalidField.Value(path, text, $"{path} in body should be at least {_shortest} chars long"));
            }
            else if (_pattern is not null && !_pattern.IsMatch(text))
            {
                faults.Add(InvalidField.Value(path, text, $"{path} in body should match '{_pattern}'"));
            }
        }
    }

    private bool IsOfType(JsonNode node) =>
        TypeOf(node) switch
        {
            "integer" => _intOrString || _type is "integer" or "number" or "",
            "number" => _type is "number" or "",
            "string" => _intOrString || _type is "string" or "",
            var type => !_intOrString && (_type == type || _type.Length == 0),
        };

    private static string TypeOf(JsonNode node) =>
        node.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => node.ToJsonString().AsSpan().IndexOfAny(".eE") < 0 ? "integer" : "number",
        };

    private static List<string> Texts(JsonNode? list) => [.. (list as JsonArray ?? []).Select(text => text?.ToString() ?? "")];
}
