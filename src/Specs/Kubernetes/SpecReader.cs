using System.Buffers;
using System.Text.Json;
using GitOpsOperator.Specs.Reading;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Specs.Kubernetes;

/// <summary>
/// Reads a structure by a table of its fields: checks types, puts in the defaults that the API server would put, and reports fields that
/// nobody knows and those that have no effect.
/// </summary>
/// <param name="table">The types that may be read.</param>
/// <param name="advise">What to tell about a field at a path, as findings name it; null where nothing.</param>
/// <param name="unknown">What a field is that the table does not know; it is passed over either way.</param>
public sealed class SpecReader(
    FindingList findings,
    FieldTable table,
    Func<string, FieldAdvice?>? advise = null,
    FindingSeverity unknown = FindingSeverity.Error
)
{
    public SpecNode Read(YamlMapping spec, string type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Structure(json, spec, type, "spec");
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return new(document.RootElement.Clone());
    }

    /// <summary>Writes one value of a type of the table, checked; null for what was wrong and has its finding.</summary>
    public void Write(Utf8JsonWriter json, YamlNode node, FieldType type, string path) => Value(json, node, type, path);

    private void Structure(Utf8JsonWriter json, YamlMapping mapping, string type, string path)
    {
        var fields = table.Of(type);
        json.WriteStartObject();
        foreach (var (key, value) in mapping.Entries)
        {
            var below = FindingList.Below(path, key.Text);
            if (fields.FirstOrDefault(field => field.Name == key.Text) is not { } field)
            {
                if (value is not YamlRefused)
                {
                    findings.Add(
                        unknown,
                        key.Location,
                        below,
                        $"unknown field; {NearestName.Hint(key.Text, [.. fields.Select(known => known.Name)])}",
                        DocumentRules.UnknownField
                    );
                }
            }
            else if (!IsAbsent(value))
            {
                if (advise?.Invoke(below) is { } advice)
                {
                    findings.Warn(key.Location, below, advice.Message, advice.Rule);
                }

                json.WritePropertyName(key.Text);
                Value(json, value, field.Type, below);
            }
        }

        foreach (var field in fields.Where(field => IsAbsent(mapping[field.Name])))
        {
            if (field.Default is { } value)
            {
                json.WritePropertyName(field.Name);
                json.WriteRawValue(value);
            }
            else if (field.IsRequired && mapping[field.Name] is not YamlRefused)
            {
                findings.Error(
                    mapping.Location,
                    FindingList.Below(path, field.Name),
                    "missing; the field must be there",
                    DocumentRules.MissingField
                );
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Always writes one value, so that what follows is read and told of too; where it was wrong the document is refused
    /// anyway.</summary>
    private void Value(Utf8JsonWriter json, YamlNode node, FieldType type, string path)
    {
        switch (type, node)
        {
            case (FieldType.Structure structure, YamlMapping mapping):
                Structure(json, mapping, structure.Name, path);
                break;
            case (FieldType.MapOf map, YamlMapping mapping):
                json.WriteStartObject();
                foreach (var (key, value) in mapping.Entries.Where(entry => !IsAbsent(entry.Value)))
                {
                    json.WritePropertyName(key.Text);
                    Value(json, value, map.Value, FindingList.Below(path, key.Text));
                }

                json.WriteEndObject();
                break;
            case (FieldType.ListOf list, YamlSequence sequence):
                json.WriteStartArray();
                foreach (var (index, item) in sequence.Items.Index())
                {
                    Value(json, item, list.Item, $"{path}[{index}]");
                }

                json.WriteEndArray();
                break;
            case (FieldType.Simple { Type: SimpleType.Any }, _):
                UntypedValue.Write(json, node);
                break;
            case (FieldType.Text or FieldType.Formatted or FieldType.Simple, YamlScalar scalar):
                Scalar(json, scalar, type, path);
                break;
            case (_, YamlRefused):
                json.WriteNullValue();
                break;
            default:
                Wrong(
                    json,
                    node,
                    path,
                    type switch
                    {
                        FieldType.Structure or FieldType.MapOf => "give a mapping",
                        FieldType.ListOf => "give a list",
                        _ => "give a single value",
                    }
                );
                break;
        }
    }

    private void Scalar(Utf8JsonWriter json, YamlScalar scalar, FieldType type, string path)
    {
        switch (type)
        {
            case FieldType.Simple { Type: SimpleType.Boolean }:
                WriteIf(
                    json,
                    scalar,
                    path,
                    scalar.Type == ScalarType.Boolean,
                    "write true or false, without quotes",
                    () => json.WriteBooleanValue(scalar.Text[0] is 't' or 'T')
                );
                break;
            case FieldType.Simple { Type: SimpleType.Integer }:
                WriteIf(
                    json,
                    scalar,
                    path,
                    IsInteger(scalar),
                    "give an integer",
                    () => json.WriteRawValue(CoreSchema.IntegerOf(scalar.Text).ToString())
                );
                break;
            case FieldType.Simple { Type: SimpleType.Number }:
                WriteIf(
                    json,
                    scalar,
                    path,
                    scalar.Type is ScalarType.Integer or ScalarType.Number,
                    "give a number",
                    () => UntypedValue.Write(json, scalar)
                );
                break;
            case FieldType.Simple { Type: SimpleType.Scalar } when IsInteger(scalar):
                json.WriteRawValue(CoreSchema.IntegerOf(scalar.Text).ToString());
                break;
            case FieldType.Simple { Type: SimpleType.Scalar }:
                WriteIf(
                    json,
                    scalar,
                    path,
                    scalar.Type is ScalarType.Text or ScalarType.Number,
                    "give text or an integer",
                    () => json.WriteStringValue(scalar.Text)
                );
                break;
            case FieldType.Formatted { Format: var format }:
                Text(json, scalar, path, text => text.Length == 0 || format.IsValid(text), format.Allowed);
                break;
            case FieldType.Text { Allowed: var allowed }:
                Text(json, scalar, path, text => allowed.IsEmpty || allowed.Contains(text), $"give one of {string.Join(", ", allowed)}");
                break;
        }
    }

    private void Text(Utf8JsonWriter json, YamlScalar scalar, string path, Func<string, bool> isAllowed, string allowed)
    {
        if (scalar.Plain && CoreSchema.IsAmbiguous(scalar.Text))
        {
            findings.Error(
                scalar.Location,
                path,
                $"{Shown.Of(scalar.Text)} without quotes means different things to YAML 1.1 and 1.2; put it in quotes",
                DocumentRules.AmbiguousValue
            );
            json.WriteNullValue();
        }
        else if (scalar.Type != ScalarType.Text)
        {
            Wrong(json, scalar, path, "put it in quotes if text is meant");
        }
        else if (!isAllowed(scalar.Text))
        {
            findings.Error(scalar.Location, path, $"{Shown.Quoted(scalar.Text)} is not taken; {allowed}", DocumentRules.FieldValue);
            json.WriteNullValue();
        }
        else
        {
            json.WriteStringValue(scalar.Text);
        }
    }

    private void WriteIf(Utf8JsonWriter json, YamlScalar scalar, string path, bool fits, string allowed, Action write)
    {
        if (fits)
        {
            write();
        }
        else
        {
            Wrong(json, scalar, path, allowed);
        }
    }

    private void Wrong(Utf8JsonWriter json, YamlNode node, string path, string allowed)
    {
        findings.Error(node.Location, path, $"is {node.Description}; {allowed}", DocumentRules.WrongType);
        json.WriteNullValue();
    }

    private static bool IsAbsent(YamlNode? node) => node is null or YamlScalar { Type: ScalarType.Null };

    /// <summary>64 bits, as upstream's fields have at most.</summary>
    private static bool IsInteger(YamlScalar scalar) =>
        scalar.Type == ScalarType.Integer
        && !CoreSchema.IsAmbiguous(scalar.Text)
        && CoreSchema.IntegerOf(scalar.Text) is var value
        && value >= long.MinValue
        && value <= long.MaxValue;
}
