using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Fields;

/// <summary>Laying an applied configuration over a live object, and taking fields out again.</summary>
internal static class FieldMerge
{
    public static JsonNode Merge(JsonNode? live, JsonNode applied, Schema schema)
    {
        switch (schema, live, applied)
        {
            case (Schema.Struct { Atomic: false } or Schema.MapOf, JsonObject there, JsonObject wanted):
                var merged = there.DeepClone().AsObject();
                foreach (var (name, value) in wanted)
                {
                    if (value is not null)
                    {
                        merged[name] = Merge(there[name], value, schema.Field(name) ?? new Schema.Any());
                    }
                }

                return merged;
            case (Schema.ListOf { Merge.Kind: not ListMergeKind.Atomic } list, JsonArray there, JsonArray wanted):
                // Present items keep their place, new ones follow.
                var items = ListItems.ByName(wanted, list.Merge);
                var result = new JsonArray();
                foreach (var item in there)
                {
                    result.Add(
                        items.Remove(ListItems.NameOf(item, list.Merge), out var over) ? Merge(item, over, list.Element) : item?.DeepClone()
                    );
                }

                foreach (var item in items.Values)
                {
                    result.Add(item.DeepClone());
                }

                return result;
            default:
                return applied.DeepClone();
        }
    }

    /// <summary>The object without the fields in <paramref name="remove"/>, except those that <paramref name="kept"/> still names
    /// and containers of such. Null: nothing is left.</summary>
    public static JsonNode? Remove(JsonNode node, Schema schema, FieldSet remove, FieldSet? kept)
    {
        var goes = remove.IsMember && kept is not { IsEmpty: false };
        if (goes)
        {
            return null;
        }

        switch (schema, node)
        {
            case (Schema.Struct or Schema.MapOf, JsonObject fields):
                foreach (var (element, below) in remove.Children)
                {
                    var name = element[2..];
                    if (fields[name] is { } value && schema.Field(name) is { } field)
                    {
                        Put(fields, name, Remove(value.DeepClone(), field, below, kept?.Child(element)));
                    }
                }

                return fields.Count == 0 && !remove.IsEmpty ? null : fields;
            case (Schema.ListOf list, JsonArray items):
                for (var i = items.Count - 1; i >= 0; i--)
                {
                    var element = ListItems.NameOf(items[i], list.Merge);
                    if (items[i] is { } item && remove.Child(element) is { } below)
                    {
                        var left = Remove(item.DeepClone(), list.Element, below, kept?.Child(element));
                        if (left is null)
                        {
                            items.RemoveAt(i);
                        }
                        else
                        {
                            items[i] = left;
                        }
                    }
                }

                return items.Count == 0 ? null : items;
            default:
                return node;
        }
    }

    private static void Put(JsonObject fields, string name, JsonNode? value)
    {
        if (value is null)
        {
            fields.Remove(name);
        }
        else
        {
            fields[name] = value;
        }
    }
}
