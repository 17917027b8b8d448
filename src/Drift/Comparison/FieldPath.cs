using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Drift.Comparison;

/// <summary>Where a field stands. Items of lists are told by their keys, as Kubernetes merges them, never by their position.</summary>
public sealed record FieldPath(ImmutableArray<FieldPath.Segment> Segments)
{
    public static readonly FieldPath Root = new([]);

    /// <summary>One step down: a field by its name, or an item of a list.</summary>
    /// <param name="Item">The item, in which a manager's <c>k:{…}</c> is recognised; null for a field.</param>
    public sealed record Segment(string Name, JsonNode? Item);

    /// <summary>The nearest field's name; empty at the root.</summary>
    public string Field => Segments.LastOrDefault(segment => segment.Item is null)?.Name ?? "";

    /// <summary>Name of the field that holds <see cref="Field"/>.</summary>
    public string Parent => Segments.Where(segment => segment.Item is null).Reverse().Skip(1).FirstOrDefault()?.Name ?? "";

    public FieldPath Below(string field) => new(Segments.Add(new(field, null)));

    public FieldPath At(string key, JsonNode item) => new(Segments.Add(new(key, item)));

    public override string ToString()
    {
        var text = "";
        foreach (var segment in Segments)
        {
            text += segment switch
            {
                { Item: not null } => $"[{segment.Name}]",
                _ when segment.Name.AsSpan().ContainsAny("./") => $"[{segment.Name}]",
                _ when text.Length == 0 => segment.Name,
                _ => $".{segment.Name}",
            };
        }

        return text;
    }
}
