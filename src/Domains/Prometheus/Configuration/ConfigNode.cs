using System.Collections;
using System.Globalization;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>A piece of a Prometheus configuration. Mappings keep the order in which their keys were added.</summary>
public abstract class ConfigNode
{
    public static implicit operator ConfigNode(string text) => new ConfigScalar(text, isText: true);

    public static implicit operator ConfigNode(bool value) => new ConfigScalar(value ? "true" : "false", isText: false);

    public static implicit operator ConfigNode(long value) => new ConfigScalar(value.ToString(CultureInfo.InvariantCulture), isText: false);

    public static implicit operator ConfigNode(double value) =>
        new ConfigScalar(value.ToString("R", CultureInfo.InvariantCulture), isText: false);
}

/// <param name="isText">Whether it is text even where it looks like a number or a boolean.</param>
public sealed class ConfigScalar(string text, bool isText) : ConfigNode
{
    public string Text { get; } = text;

    public bool IsText { get; } = isText;
}

public sealed class ConfigSequence : ConfigNode, IEnumerable<ConfigNode>
{
    private readonly List<ConfigNode> _items = [];

    public ConfigSequence() { }

    public ConfigSequence(IEnumerable<ConfigNode> items) => _items.AddRange(items);

    public int Count => _items.Count;

    public static ConfigSequence OfTexts(IEnumerable<string> texts) => new(texts.Select(text => (ConfigNode)text));

    public void Add(ConfigNode item) => _items.Add(item);

    public void AddRange(IEnumerable<ConfigNode> items) => _items.AddRange(items);

    public IEnumerator<ConfigNode> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

public sealed class ConfigMapping : ConfigNode, IEnumerable<KeyValuePair<string, ConfigNode>>
{
    private readonly List<KeyValuePair<string, ConfigNode>> _entries = [];

    public int Count => _entries.Count;

    public ConfigNode? this[string key] => _entries.Find(entry => entry.Key == key).Value;

    public static ConfigMapping OfTexts(IEnumerable<KeyValuePair<string, string>> texts)
    {
        var mapping = new ConfigMapping();
        foreach (var (key, text) in texts)
        {
            mapping.Add(key, text);
        }

        return mapping;
    }

    public void Add(string key, ConfigNode value) => _entries.Add(new(key, value));

    public ConfigMapping Without(string key)
    {
        var rest = new ConfigMapping();
        rest._entries.AddRange(_entries.Where(entry => entry.Key != key));
        return rest;
    }

    public IEnumerator<KeyValuePair<string, ConfigNode>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
