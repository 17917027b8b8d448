using System.Collections.Immutable;

namespace GitOpsOperator.Specs.Prometheus;

/// <summary>Every field of prometheus-operator's documents, from <c>fields.txt</c>, which explains its own form.</summary>
internal static class FieldTable
{
    private static readonly Lazy<ImmutableDictionary<string, ImmutableArray<FieldDefinition>>> Types = new(Load);

    public static ImmutableArray<FieldDefinition> Of(string type) => Types.Value[type];

    public static bool Has(string type) => Types.Value.ContainsKey(type);

    public static IEnumerable<string> Names => Types.Value.Keys;

    private static ImmutableDictionary<string, ImmutableArray<FieldDefinition>> Load()
    {
        using var stream = typeof(FieldTable).Assembly.GetManifestResourceStream("prometheus-fields.txt")
            ?? throw new InvalidOperationException("This program was built without prometheus-fields.txt");
        using var reader = new StreamReader(stream);
        var types = ImmutableDictionary.CreateBuilder<string, ImmutableArray<FieldDefinition>>(StringComparer.Ordinal);
        var (name, fields) = ("", ImmutableArray.CreateBuilder<FieldDefinition>());
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(' '))
            {
                fields.Add(Field(line.Trim()));
            }
            else if (line.Length == 0 && name.Length > 0)
            {
                types.Add(name, fields.DrainToImmutable());
                name = "";
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                name = line;
            }
        }

        types.Add(name, fields.DrainToImmutable());
        return types.ToImmutable();
    }

    private static FieldDefinition Field(string line)
    {
        var afterName = line.IndexOf(' ', StringComparison.Ordinal);
        var (name, rest) = (line[..afterName], line[(afterName + 1)..]);
        var equals = rest.IndexOf(" = ", StringComparison.Ordinal);
        var type = TypeOf(equals < 0 ? rest : rest[..equals]);
        return new(name.TrimEnd('!'), type, name.EndsWith('!'), equals < 0 ? null : rest[(equals + 3)..]);
    }

    private static FieldType TypeOf(string text) => text switch
    {
        ['[', ']', .. var item] => new FieldType.ListOf(TypeOf(item)),
        ['{', '}', .. var value] => new FieldType.MapOf(TypeOf(value)),
        "text" => new FieldType.Text([]),
        _ when text.StartsWith("text ", StringComparison.Ordinal) => new FieldType.Text([.. text[5..].Split('|')]),
        _ when char.IsAsciiLetterUpper(text[0]) => new FieldType.Structure(text),
        _ => new FieldType.Simple(Enum.Parse<SimpleType>(text, ignoreCase: true)),
    };
}
