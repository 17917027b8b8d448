using System.Collections.Immutable;

namespace GitOpsOperator.Specs.Kubernetes;

/// <summary>A selector of Kubernetes upon labels. An empty one matches everything; none at all is the caller's to judge.</summary>
public readonly record struct LabelSelector(SpecNode Selector)
{
    /// <summary>The labels that it asks for.</summary>
    public IEnumerable<string> Labels =>
        Selector["matchLabels"]
            .SortedFields.Select(entry => entry.Key)
            .Concat(Selector["matchExpressions"].Items.Select(expression => expression["key"].Text ?? ""));

    /// <summary>Null where the labels match, else the first condition that they fail.</summary>
    public string? Mismatch(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var (label, desired) in Selector["matchLabels"].SortedFields)
        {
            if (labels.GetValueOrDefault(label) != desired.Text)
            {
                return $"{label}={desired.Text}";
            }
        }

        foreach (var expression in Selector["matchExpressions"].Items)
        {
            var (label, operation) = (expression["key"].Text ?? "", expression["operator"].Text);
            var values = expression["values"].Texts.ToImmutableArray();
            var value = labels.GetValueOrDefault(label);
            var (matches, condition) = operation switch
            {
                "In" => (value is not null && values.Contains(value), $"{label} in ({string.Join(", ", values)})"),
                "NotIn" => (value is null || !values.Contains(value), $"{label} not in ({string.Join(", ", values)})"),
                "Exists" => (value is not null, $"{label} is set"),
                "DoesNotExist" => (value is null, $"{label} is not set"),
                // Kubernetes refuses any other, so nothing can be selected by it.
                _ => (false, $"{label} {operation}, which is no operator of Kubernetes"),
            };
            if (!matches)
            {
                return condition;
            }
        }

        return null;
    }
}
