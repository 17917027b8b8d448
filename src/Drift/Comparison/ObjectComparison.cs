using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Drift.Comparison;

/// <summary>
/// Compares a rendered object with the live one, field by field, for the fields that are declared: what the API server fills in, and what
/// others add, is no difference. Pure.
/// </summary>
public static class ObjectComparison
{
    private static readonly FrozenSet<string> Identity = FrozenSet.Create("apiVersion", "kind", "status");

    private static readonly FrozenSet<string> SelectorNames = FrozenSet.Create("selector", "matchLabels", "labelSelector");

    public static ImmutableArray<FieldDifference> Compare(JsonObject git, JsonObject live)
    {
        var found = ImmutableArray.CreateBuilder<FieldDifference>();
        foreach (var (name, value) in git.Where(pair => !Identity.Contains(pair.Key)))
        {
            if (name == "metadata")
            {
                foreach (var map in (string[])["labels", "annotations"])
                {
                    Walk(FieldPath.Root.Below(name).Below(map), value?[map], live[name]?[map], found);
                }
            }
            else
            {
                Walk(FieldPath.Root.Below(name), value, live[name], found);
            }
        }

        return found.ToImmutable();
    }

    private static void Walk(FieldPath path, JsonNode? git, JsonNode? live, ImmutableArray<FieldDifference>.Builder found)
    {
        switch (git)
        {
            case null:
                break;
            case JsonObject { Count: 0 } or JsonArray { Count: 0 } when live is null && path.Field != "emptyDir":
                break;
            case JsonObject fields when live is null or JsonObject:
                WalkFields(path, fields, live as JsonObject, found);
                break;
            case JsonArray items
                when live is JsonArray others
                    && ListKeys.IsKeyed(path.Field)
                    && items.All(item => ListKeys.KeyOf(path.Field, item) is not null):
                foreach (var item in items)
                {
                    WalkItem(path, item!, others, found);
                }

                break;
            case JsonArray when live is JsonArray && Same(path, git, live):
                break;
            case JsonValue value when live is null or JsonValue && FieldValues.Same(path, value, live as JsonValue):
                break;
            default:
                found.Add(new(path, git, live));
                break;
        }
    }

    private static void WalkFields(FieldPath path, JsonObject git, JsonObject? live, ImmutableArray<FieldDifference>.Builder found)
    {
        if (live is null && git.Count == 0)
        {
            found.Add(new(path, git, null));
            return;
        }

        foreach (var (name, value) in git)
        {
            Walk(path.Below(name), value, live?[name], found);
        }

        // A selector is one value: a label more selects other pods.
        if (live is not null && SelectorNames.Contains(path.Field))
        {
            foreach (var (name, value) in live.Where(pair => !git.ContainsKey(pair.Key) && pair.Value is JsonValue))
            {
                found.Add(new(path.Below(name), null, value));
            }
        }
    }

    private static void WalkItem(FieldPath path, JsonNode item, JsonArray others, ImmutableArray<FieldDifference>.Builder found)
    {
        var key = ListKeys.KeyOf(path.Field, item)!;
        if (ListKeys.Find(path.Field, others, item) is { } other)
        {
            Walk(path.At(key, other), item, other, found);
        }
        else
        {
            found.Add(new(path.At(key, item), item, null));
        }
    }

    /// <summary>Whether two lists that are one value mean the same; those whose order means nothing are compared without it.</summary>
    private static bool Same(FieldPath path, JsonNode? git, JsonNode? live)
    {
        if (git is not JsonArray items || live is not JsonArray others)
        {
            var found = ImmutableArray.CreateBuilder<FieldDifference>();
            Walk(path, git, live, found);
            return found.Count == 0;
        }

        return items.Count == others.Count
            && (
                ListKeys.IsSet(path.Field)
                    ? items
                        .Select(item => item?.ToString())
                        .Order(StringComparer.Ordinal)
                        .SequenceEqual(others.Select(item => item?.ToString()).Order(StringComparer.Ordinal))
                    : items.Zip(others).All(pair => Same(path, pair.First, pair.Second))
            );
    }
}
