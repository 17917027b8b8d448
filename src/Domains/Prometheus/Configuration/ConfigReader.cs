using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>Reads the parts of a configuration that users write in Prometheus' own words, in Secrets.</summary>
internal static class ConfigReader
{
    /// <summary>A Secret holds 1 MiB; aliases could make far more of it.</summary>
    private const int MaxNodes = 200_000;
    private const int MaxLevels = 64;

    /// <param name="field">
    /// The document's field that points to the text, for notes. The text itself may hold passwords: it is never shown.
    /// </param>
    public static IEnumerable<ConfigMapping> ReadMappings(RenderingContext context, string field, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        try
        {
            return Load(text) switch
            {
                null => [],
                ConfigSequence list when list.All(item => item is ConfigMapping) => [.. list.Cast<ConfigMapping>()],
                ConfigScalar { IsText: false, Text: "" or "~" or "null" } => [],
                _ => Refused(context, $"{field} is no list of mappings"),
            };
        }
        catch (YamlException broken)
        {
            return Refused(context, $"{field} is not well-formed YAML (line {broken.Start.Line}, column {broken.Start.Column})");
        }
        catch (InvalidDataException tooMuch)
        {
            return Refused(context, $"{field} {tooMuch.Message}");
        }
    }

    /// <summary>A whole configuration; null where it cannot be read.</summary>
    public static ConfigNode? Read(string text)
    {
        try
        {
            return Load(text);
        }
        catch (Exception unreadable) when (unreadable is YamlException or InvalidDataException)
        {
            return null;
        }
    }

    private static ConfigNode? Load(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var nodes = 0;
        return stream.Documents.Count == 0 ? null : Convert(stream.Documents[0].RootNode, ref nodes, 0);
    }

    private static ConfigMapping[] Refused(RenderingContext context, string message)
    {
        context.Refuse(message);
        return [];
    }

    private static ConfigNode Convert(YamlNode node, ref int nodes, int level)
    {
        if (++nodes > MaxNodes || level > MaxLevels)
        {
            throw new InvalidDataException($"holds more than {MaxNodes} values or {MaxLevels} levels");
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                var entries = new ConfigMapping();
                foreach (var (key, value) in mapping.Children)
                {
                    Add(entries, key, Convert(value, ref nodes, level + 1));
                }

                return entries;
            case YamlSequenceNode sequence:
                var items = new ConfigSequence();
                foreach (var item in sequence.Children)
                {
                    items.Add(Convert(item, ref nodes, level + 1));
                }

                return items;
            case YamlScalarNode scalar:
                // Without quotes it is written back without: Prometheus then reads what the author wrote.
                return new ConfigScalar(
                    scalar.Value ?? "",
                    isText: scalar.Style is not ScalarStyle.Plain || scalar.Value is { Length: > 0 } text && !IsOneToken(text)
                );
            default:
                throw new InvalidDataException("holds an alias without an anchor");
        }
    }

    private static void Add(ConfigMapping entries, YamlNode key, ConfigNode value)
    {
        if (key is not YamlScalarNode { Value: { } name })
        {
            throw new InvalidDataException("has a key that is no text");
        }

        if (name == "<<" && value is ConfigMapping merged)
        {
            foreach (var (inherited, inheritedValue) in merged)
            {
                if (entries[inherited] is null)
                {
                    entries.Add(inherited, inheritedValue);
                }
            }
        }
        else
        {
            entries.Add(name, value);
        }
    }

    /// <summary>
    /// Short and of plain letters, so that it means by itself what it meant where it stood: a number, a boolean, null, a word.
    /// </summary>
    private static bool IsOneToken(string text) =>
        text.Length < 32
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '+' or '~' or '_' or ':')
        && text[^1] != ':'
        && text is not "-";
}
