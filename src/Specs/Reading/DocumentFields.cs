using System.Collections.Immutable;
using GitOpsOperator.Specs.Yaml;

namespace GitOpsOperator.Specs.Reading;

/// <summary>What a document says, field by field, for showing how two versions of it differ.</summary>
public static class DocumentFields
{
    public static ImmutableSortedDictionary<string, string> Of(YamlMapping root)
    {
        var fields = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in root.Entries.Where(entry => entry.Key.Text is "metadata" or "spec"))
        {
            Add(fields, entry.Key.Text, entry.Value);
        }

        return fields.ToImmutable();
    }

    private static void Add(ImmutableSortedDictionary<string, string>.Builder fields, string path, YamlNode node)
    {
        switch (node)
        {
            case YamlMapping { Entries.Count: > 0 } mapping:
                foreach (var entry in mapping.Entries)
                {
                    Add(fields, $"{path}.{Shown.Of(entry.Key.Text)}", entry.Value);
                }

                break;
            case YamlSequence { Items.Count: > 0 } sequence:
                for (var i = 0; i < sequence.Items.Count; i++)
                {
                    Add(fields, $"{path}[{i}]", sequence.Items[i]);
                }

                break;
            case YamlScalar scalar:
                fields[path] = Shown.Of(scalar.Text, int.MaxValue);
                break;
            case YamlMapping:
                fields[path] = "{}";
                break;
            case YamlSequence:
                fields[path] = "[]";
                break;
            default:
                break;
        }
    }
}
