using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace GitOpsOperator.Domains.Prometheus.Tests.Rendering;

/// <summary>Compares what two YAML texts say: every key, the order of lists and of keys, and text told from numbers and booleans.</summary>
internal static class YamlComparison
{
    /// <summary>Where they differ first; null where they say the same.</summary>
    public static string? FirstDifference(string expected, string actual) => Compare(Root(expected), Root(actual), "");

    public static YamlNode Root(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents[0].RootNode;
    }

    private static string? Compare(YamlNode expected, YamlNode actual, string path)
    {
        switch (expected, actual)
        {
            case (YamlMappingNode desired, YamlMappingNode found):
                var (desiredKeys, foundKeys) = (Keys(desired), Keys(found));
                if (!desiredKeys.SequenceEqual(foundKeys))
                {
                    return $"{path}: keys {string.Join(' ', desiredKeys)}, but rendered {string.Join(' ', foundKeys)}";
                }

                return desired
                    .Children.Select(entry => Compare(entry.Value, found.Children[entry.Key], $"{path}.{entry.Key}"))
                    .FirstOrDefault(difference => difference is not null);
            case (YamlSequenceNode desired, YamlSequenceNode found):
                return desired.Children.Count != found.Children.Count
                    ? $"{path}: {desired.Children.Count} items, but rendered {found.Children.Count}: {found}"
                    : desired
                        .Children.Zip(found.Children)
                        .Select((pair, index) => Compare(pair.First, pair.Second, $"{path}[{index}]"))
                        .FirstOrDefault(difference => difference is not null);
            case (YamlScalarNode desired, YamlScalarNode found) when Meaning(desired) == Meaning(found):
                return null;
            default:
                return $"{path}: {Shown(expected)}, but rendered {Shown(actual)}";
        }
    }

    private static string[] Keys(YamlMappingNode mapping) => [.. mapping.Children.Keys.Select(key => ((YamlScalarNode)key).Value!)];

    private static string Shown(YamlNode node) => node is YamlScalarNode scalar ? $"{scalar.Style} {scalar.Value}" : node.ToString();

    private static (bool IsText, string Value) Meaning(YamlScalarNode scalar)
    {
        var value = scalar.Value ?? "";
        var isText =
            scalar.Style != ScalarStyle.Plain || !(value is "" or "~" or "null" or "true" or "false" || double.TryParse(value, out _));
        return (isText, value);
    }
}
