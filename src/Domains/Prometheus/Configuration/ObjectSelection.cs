using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// A label selector as rules upon the labels of what service discovery found, or as the selector that discovery itself asks with.
/// </summary>
internal static class ObjectSelection
{
    /// <summary>Whether a monitor has the API server select instead of relabelling.</summary>
    public static bool ByApiServer(SpecNode monitor) => monitor["selectorMechanism"].NonEmptyText is not (null or "RelabelConfig");

    /// <param name="kind"><c>service</c>, <c>pod</c> or <c>ingress</c>, as in the names of Prometheus' labels.</param>
    public static IEnumerable<ConfigNode> AsRules(string kind, SpecNode selector)
    {
        foreach (var (label, value) in selector["matchLabels"].SortedFields)
        {
            yield return Rule("keep", $"({value.Text});true", Value(label), Presence(label));
        }

        foreach (var expression in selector["matchExpressions"].Items)
        {
            var label = expression["key"].Text ?? "";
            var anyOf = $"({string.Join('|', expression["values"].Texts)});true";
            switch (expression["operator"].Text)
            {
                case "In":
                    yield return Rule("keep", anyOf, Value(label), Presence(label));
                    break;
                case "NotIn":
                    yield return Rule("drop", anyOf, Value(label), Presence(label));
                    break;
                case "Exists":
                    yield return Rule("keep", "true", Presence(label));
                    break;
                case "DoesNotExist":
                    yield return Rule("drop", "true", Presence(label));
                    break;
            }
        }

        string Value(string label) => $"__meta_kubernetes_{kind}_label_{Relabeling.LabelName(label)}";
        string Presence(string label) => $"__meta_kubernetes_{kind}_labelpresent_{Relabeling.LabelName(label)}";
    }

    /// <summary>As the API server takes it: <c>app=web,tier in (a,b)</c>, ordered by label.</summary>
    public static string AsQuery(SpecNode selector)
    {
        var equal = selector["matchLabels"].SortedFields.Select(pair => (Label: pair.Key, Query: $"{pair.Key}={pair.Value.Text}"));
        var expressions = selector["matchExpressions"]
            .Items.Select(expression => (Label: expression["key"].Text ?? "", Query: Query(expression)));
        return string.Join(',', equal.Concat(expressions).OrderBy(part => part.Label, StringComparer.Ordinal).Select(part => part.Query));
    }

    private static string Query(SpecNode expression)
    {
        var label = expression["key"].Text;
        var values = string.Join(',', expression["values"].Texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        return expression["operator"].Text switch
        {
            "In" => $"{label} in ({values})",
            "NotIn" => $"{label} notin ({values})",
            "DoesNotExist" => $"!{label}",
            _ => label ?? "",
        };
    }

    private static ConfigMapping Rule(string action, string regex, params string[] labels) =>
        new()
        {
            { "action", action },
            { "source_labels", Relabeling.Labels(labels) },
            { "regex", regex },
        };
}
