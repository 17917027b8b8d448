namespace GitOpsOperator.Specs.Yaml;

/// <summary>A piece of a document and where it stands: YamlDotNet's own tree keeps neither duplicate keys nor what broke off.</summary>
public abstract class YamlNode(SourceLocation location)
{
    public SourceLocation Location { get; } = location;

    /// <summary>For messages: <c>a list</c>, <c>a number</c>.</summary>
    public abstract string Description { get; }
}

/// <param name="plain">Written without quotes, so its text decides its type.</param>
public sealed class YamlScalar(SourceLocation location, string text, bool plain) : YamlNode(location)
{
    public string Text { get; } = text;

    public ScalarType Type { get; } = plain ? CoreSchema.TypeOf(text) : ScalarType.Text;

    public bool Plain { get; } = plain;

    public override string Description =>
        Type switch
        {
            ScalarType.Null => "no value",
            ScalarType.Boolean => $"{Shown.Of(Text)}, a boolean",
            ScalarType.Integer => $"{Shown.Of(Text)}, an integer",
            ScalarType.Number => $"{Shown.Of(Text)}, a number",
            _ => $"the text {Shown.Quoted(Text)}",
        };
}

public sealed class YamlMapping(SourceLocation location) : YamlNode(location)
{
    public List<YamlEntry> Entries { get; } = [];

    /// <summary>Its end was read: false where the document broke off inside.</summary>
    public bool IsWhole { get; set; }

    public override string Description => "a mapping";

    /// <summary>Keys that stand here twice: which of their values was meant nobody can say.</summary>
    public HashSet<string> Ambiguous { get; } = new(StringComparer.Ordinal);

    public YamlNode? this[string key] => Entries.Find(entry => entry.Key.Text == key)?.Value;
}

public sealed class YamlSequence(SourceLocation location) : YamlNode(location)
{
    public List<YamlNode> Items { get; } = [];

    public override string Description => "a list";
}

/// <summary>Something that was refused with a finding already, so nothing more is said of it.</summary>
public sealed class YamlRefused(SourceLocation location) : YamlNode(location)
{
    public override string Description => "a refused value";
}

public sealed record YamlEntry(YamlScalar Key, YamlNode Value);
