using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>Puts fields of a document into a configuration under another name, where they are there and the version knows them.</summary>
internal static class ConfigAdditions
{
    /// <summary>As written: mappings by their keys, since what stands there is a map and no struct.</summary>
    public static ConfigNode Of(SpecNode value)
    {
        if (value.IsMapping)
        {
            var mapping = new ConfigMapping();
            foreach (var (key, item) in value.SortedFields)
            {
                mapping.Add(key, Of(item));
            }

            return mapping;
        }

        return value.IsList ? new ConfigSequence(value.Items.Select(Of)) : new ConfigScalar(value.ScalarText ?? "null", value.IsText);
    }

    public static void Copy(this ConfigMapping target, string key, SpecNode value)
    {
        if (value.Exists)
        {
            target.Add(key, Of(value));
        }
    }

    public static void Copy(this ConfigMapping target, RenderingContext context, VersionGate gate, SpecNode value)
    {
        if (value.Exists && context.Admits(gate))
        {
            target.Add(gate.Name, Of(value));
        }
    }

    /// <summary>Text, numbers, lists and maps that say something: an empty text, zero and an empty list are as good as absent.</summary>
    public static void CopyNonEmpty(this ConfigMapping target, string key, SpecNode value)
    {
        if (SaysSomething(value))
        {
            target.Add(key, Of(value));
        }
    }

    public static void CopyNonEmpty(this ConfigMapping target, RenderingContext context, VersionGate gate, SpecNode value)
    {
        if (SaysSomething(value))
        {
            target.Copy(context, gate, value);
        }
    }

    public static void CopyLower(this ConfigMapping target, string key, SpecNode value)
    {
        if (value.Text is { } text)
        {
            target.Add(key, Lower(text));
        }
    }

    public static void AddAll(this ConfigMapping target, ConfigMapping other)
    {
        foreach (var (key, value) in other)
        {
            target.Add(key, value);
        }
    }

#pragma warning disable CA1308 // Prometheus' own words are in lower case.
    public static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308

    private static bool SaysSomething(SpecNode value) =>
        value.Exists
        && (value.IsMapping || value.IsList ? value.Count > 0 : value.Text != "" && value.WholeNumber != 0 && value.Boolean != false);
}
