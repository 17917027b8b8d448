using System.Collections.Immutable;

namespace GitOpsOperator.Specs.Kubernetes;

/// <summary>What the fields of structures may hold, by type; <c>fields.txt</c> explains its own form. A domain lays a table of its own over
/// Kubernetes'.</summary>
public sealed class FieldTable
{
    private static readonly Lazy<FieldTable> OfKubernetes = new(() => Embedded(typeof(FieldTable), "fields.txt"));

    private readonly ImmutableDictionary<string, ImmutableArray<FieldDefinition>> _types;

    private FieldTable(ImmutableDictionary<string, ImmutableArray<FieldDefinition>> types) => _types = types;

    /// <summary>Kubernetes' own types.</summary>
    public static FieldTable Kubernetes => OfKubernetes.Value;

    public ImmutableArray<FieldDefinition> Of(string type) => _types[type];

    public bool Has(string type) => _types.ContainsKey(type);

    public IEnumerable<string> Names => _types.Keys;

    /// <summary>The table in a resource of the assembly that <paramref name="owner"/> is part of.</summary>
    /// <param name="below">Types that it may use beside its own; null: none.</param>
    /// <param name="formats">Kinds of text that it may name beside the built-in types.</param>
    public static FieldTable Embedded(Type owner, string resource, FieldTable? below = null, params ReadOnlySpan<TextFormat> formats)
    {
        using var stream =
            owner.Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{owner.Assembly.GetName().Name} was built without {resource}");
        using var reader = new StreamReader(stream);
        return Read(reader, below, formats.ToImmutableArray());
    }

    private static FieldTable Read(StreamReader reader, FieldTable? below, ImmutableArray<TextFormat> formats)
    {
        var types = ImmutableDictionary.CreateBuilder<string, ImmutableArray<FieldDefinition>>(StringComparer.Ordinal);
        types.AddRange(below?._types ?? ImmutableDictionary<string, ImmutableArray<FieldDefinition>>.Empty);
        var (name, fields) = ("", ImmutableArray.CreateBuilder<FieldDefinition>());
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(' '))
            {
                fields.Add(Field(line.Trim(), formats));
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
        return new(types.ToImmutable());
    }

    private static FieldDefinition Field(string line, ImmutableArray<TextFormat> formats)
    {
        var afterName = line.IndexOf(' ', StringComparison.Ordinal);
        var (name, rest) = (line[..afterName], line[(afterName + 1)..]);
        var equals = rest.IndexOf(" = ", StringComparison.Ordinal);
        var type = TypeOf(equals < 0 ? rest : rest[..equals], formats);
        return new(name.TrimEnd('!'), type, name.EndsWith('!'), equals < 0 ? null : rest[(equals + 3)..]);
    }

    private static FieldType TypeOf(string text, ImmutableArray<TextFormat> formats) =>
        text switch
        {
            ['[', ']', .. var item] => new FieldType.ListOf(TypeOf(item, formats)),
            ['{', '}', .. var value] => new FieldType.MapOf(TypeOf(value, formats)),
            "text" => new FieldType.Text([]),
            _ when text.StartsWith("text ", StringComparison.Ordinal) => new FieldType.Text([.. text[5..].Split('|')]),
            _ when char.IsAsciiLetterUpper(text[0]) => new FieldType.Structure(text),
            _ when formats.FirstOrDefault(format => format.Name == text) is { } format => new FieldType.Formatted(format),
            _ => new FieldType.Simple(Enum.Parse<SimpleType>(text, ignoreCase: true)),
        };
}
