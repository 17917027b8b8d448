using System.Globalization;
using System.Text.Json;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Specs.Kubernetes;

/// <summary>YAML as JSON where no table says what must stand there: each scalar is what YAML 1.2 takes it for.</summary>
public static class UntypedValue
{
    public static void Write(Utf8JsonWriter json, YamlNode node)
    {
        switch (node)
        {
            case YamlMapping mapping:
                json.WriteStartObject();
                foreach (var (key, value) in mapping.Entries)
                {
                    json.WritePropertyName(key.Text);
                    Write(json, value);
                }

                json.WriteEndObject();
                break;
            case YamlSequence sequence:
                json.WriteStartArray();
                foreach (var item in sequence.Items)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            case YamlScalar { Type: ScalarType.Boolean } scalar:
                json.WriteBooleanValue(scalar.Text[0] is 't' or 'T');
                break;
            case YamlScalar { Type: ScalarType.Integer } scalar:
                json.WriteRawValue(CoreSchema.IntegerOf(scalar.Text).ToString());
                break;
            case YamlScalar { Type: ScalarType.Number } scalar
                when double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    && double.IsFinite(value):
                json.WriteNumberValue(value);
                break;
            case YamlScalar { Type: not ScalarType.Null } scalar:
                json.WriteStringValue(scalar.Text);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
