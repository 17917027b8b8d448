using System.Text.Json;

namespace GitOpsOperator.TestKit.GitHub;

/// <summary>
/// Holds JSON to a schema of OpenAPI 3.0, as far as GitHub's description uses them. A keyword that is not known here is a fault by itself:
/// a check that silently passes over something is none.
/// </summary>
public sealed class SchemaCheck(JsonElement root)
{
    private static readonly HashSet<string> Remarks =
    [
        "title",
        "description",
        "example",
        "examples",
        "default",
        "deprecated",
        "discriminator",
        "externalDocs",
        "readOnly",
    ];

    public JsonElement Resolve(JsonElement element)
    {
        while (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("$ref", out var reference))
        {
            element = reference.GetString()!["#/".Length..].Split('/').Aggregate(root, (at, name) => at.GetProperty(name));
        }

        return element;
    }

    public void Check(JsonElement schema, JsonElement value, string where, List<string> faults)
    {
        schema = Resolve(schema);
        if (value.ValueKind == JsonValueKind.Null && schema.TryGetProperty("nullable", out var nullable) && nullable.GetBoolean())
        {
            return;
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            CheckKeyword(schema, keyword, value, where, faults);
        }
    }

    private void CheckKeyword(JsonElement schema, JsonProperty keyword, JsonElement value, string where, List<string> faults)
    {
        switch (keyword.Name)
        {
            case "type" when !IsOf(keyword.Value.GetString()!, value):
                faults.Add($"{where} is {value.ValueKind}, described as {keyword.Value}");
                break;
            case "enum" when !keyword.Value.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value)):
                faults.Add($"{where} is {value}, which is none of {keyword.Value}");
                break;
            case "required" when value.ValueKind == JsonValueKind.Object:
                faults.AddRange(
                    keyword
                        .Value.EnumerateArray()
                        .Where(name => !value.TryGetProperty(name.GetString()!, out _))
                        .Select(name => $"{where} has no {name}")
                );
                break;
            case "properties" when value.ValueKind == JsonValueKind.Object:
                foreach (var property in keyword.Value.EnumerateObject())
                {
                    if (value.TryGetProperty(property.Name, out var inner))
                    {
                        Check(property.Value, inner, $"{where}.{property.Name}", faults);
                    }
                }

                break;
            case "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                foreach (
                    var extra in value
                        .EnumerateObject()
                        .Where(entry => !schema.TryGetProperty("properties", out var known) || !known.TryGetProperty(entry.Name, out _))
                )
                {
                    if (keyword.Value.ValueKind == JsonValueKind.False)
                    {
                        faults.Add($"{where} may not have {extra.Name}");
                    }
                    else if (keyword.Value.ValueKind == JsonValueKind.Object)
                    {
                        Check(keyword.Value, extra.Value, $"{where}.{extra.Name}", faults);
                    }
                }

                break;
            case "items" when value.ValueKind == JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Check(keyword.Value, item, $"{where}[{index++}]", faults);
                }

                break;
            case "allOf":
                foreach (var part in keyword.Value.EnumerateArray())
                {
                    Check(part, value, where, faults);
                }

                break;
            case "anyOf" or "oneOf":
                CheckAny(keyword.Value, value, where, faults);
                break;
            case "format" when value.ValueKind == JsonValueKind.String && !IsOfFormat(keyword.Value.GetString()!, value.GetString()!):
                faults.Add($"{where} is '{value}', no {keyword.Value}");
                break;
            case "type" or "enum" or "required" or "properties" or "additionalProperties" or "items" or "format" or "nullable":
                break;
            case "minimum" when value.GetDouble() < keyword.Value.GetDouble():
            case "maximum" when value.GetDouble() > keyword.Value.GetDouble():
                faults.Add($"{where} is {value}, out of range");
                break;
            case "minimum" or "maximum":
                break;
            default:
                if (!Remarks.Contains(keyword.Name) && !keyword.Name.StartsWith("x-", StringComparison.Ordinal))
                {
                    faults.Add($"{where}: the keyword {keyword.Name} is not checked");
                }

                break;
        }
    }

    private void CheckAny(JsonElement choices, JsonElement value, string where, List<string> faults)
    {
        var tried = choices
            .EnumerateArray()
            .Select(choice =>
            {
                var inner = new List<string>();
                Check(choice, value, where, inner);
                return inner;
            })
            .ToArray();
        if (tried.All(inner => inner.Count > 0))
        {
            faults.AddRange(tried.MinBy(inner => inner.Count)!);
        }
    }

    private static bool IsOf(string type, JsonElement value) =>
        type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "number" => value.ValueKind == JsonValueKind.Number,
            _ => false,
        };

    private static bool IsOfFormat(string format, string value) =>
        format switch
        {
            "date-time" => DateTimeOffset.TryParse(value, out _),
            "uri" => Uri.TryCreate(value, UriKind.Absolute, out _),
            _ => true,
        };
}
