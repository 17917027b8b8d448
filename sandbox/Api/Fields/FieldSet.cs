using System.Text;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Fields;

/// <summary>A set of field paths as a tree, in the notation of managedFields' fieldsV1. Unchangeable from outside.</summary>
internal sealed class FieldSet
{
    private readonly SortedDictionary<string, FieldSet> _children = new(StringComparer.Ordinal);
    private bool _member;

    public bool IsEmpty => !_member && _children.Count == 0;

    /// <summary>The path itself is in the set (and not only paths below it).</summary>
    public bool IsMember => _member;

    public IEnumerable<KeyValuePair<string, FieldSet>> Children => _children;

    public FieldSet? Child(string element) => _children.GetValueOrDefault(element);

    /// <summary>Every field that an object sets, down to what is owned as a whole.</summary>
    public static FieldSet Of(JsonNode? node, Schema schema)
    {
        var set = new FieldSet();
        switch (schema, node)
        {
            case (Schema.Struct { Atomic: false } or Schema.MapOf, JsonObject { Count: > 0 } fields):
                foreach (var (name, value) in fields)
                {
                    if (schema.Field(name) is { } field)
                    {
                        set.Add("f:" + name, Of(value, field));
                    }
                }

                break;
            case (Schema.ListOf { Merge.Kind: not ListMergeKind.Atomic } list, JsonArray { Count: > 0 } items):
                foreach (var (name, item) in ListItems.ByName(items, list.Merge))
                {
                    var of = list.Merge.Kind == ListMergeKind.Map ? Of(item, list.Element) : new FieldSet();
                    of._member = true;
                    set.Add(name, of);
                }

                break;
            default:
                set._member = true;
                break;
        }

        return set;
    }

    /// <summary>The fields that both objects set, to different values.</summary>
    public static FieldSet Modified(JsonNode? before, JsonNode? after, Schema schema)
    {
        var set = new FieldSet();
        switch (schema, before, after)
        {
            case (Schema.Struct { Atomic: false } or Schema.MapOf, JsonObject old, JsonObject now):
                foreach (var (name, value) in now)
                {
                    if (old[name] is { } was && schema.Field(name) is { } field)
                    {
                        set.Add("f:" + name, Modified(was, value, field));
                    }
                }

                break;
            case (Schema.ListOf { Merge.Kind: not ListMergeKind.Atomic } list, JsonArray old, JsonArray now):
                var items = ListItems.ByName(old, list.Merge);
                foreach (var (name, item) in ListItems.ByName(now, list.Merge))
                {
                    if (items.TryGetValue(name, out var was))
                    {
                        set.Add(name, Modified(was, item, list.Element));
                    }
                }

                break;
            default:
                set._member = !JsonNode.DeepEquals(before, after);
                break;
        }

        return set;
    }

    public FieldSet Union(FieldSet other) => Combine(other, (left, right) => left || right);

    public FieldSet Minus(FieldSet other) => Combine(other, (left, right) => left && !right);

    public FieldSet Intersect(FieldSet other) => Combine(other, (left, right) => left && right);

    public bool SameAs(FieldSet other) => JsonNode.DeepEquals(ToFieldsV1(), other.ToFieldsV1());

    public JsonObject ToFieldsV1()
    {
        var fields = new JsonObject();
        if (_member && _children.Count > 0)
        {
            fields["."] = new JsonObject();
        }

        foreach (var (element, child) in _children)
        {
            fields[element] = child.ToFieldsV1();
        }

        return fields;
    }

    public static FieldSet FromFieldsV1(JsonNode? fields)
    {
        var set = new FieldSet();
        foreach (var (element, below) in fields as JsonObject ?? [])
        {
            if (element == ".")
            {
                set._member = true;
                continue;
            }

            var child = FromFieldsV1(below);
            child._member |= child._children.Count == 0;
            set.Add(element, child);
        }

        return set;
    }

    /// <summary>The paths as people write them: <c>.spec.containers[name="etcd"].image</c>.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        if (_member)
        {
            yield return prefix;
        }

        foreach (var (element, child) in _children)
        {
            foreach (var path in child.Paths(prefix + Readable(element)))
            {
                yield return path;
            }
        }
    }

    private static string Readable(string element)
    {
        if (element.StartsWith("f:", StringComparison.Ordinal))
        {
            return "." + element[2..];
        }

        if (element.StartsWith("v:", StringComparison.Ordinal))
        {
            return $"[={element[2..]}]";
        }

        var text = new StringBuilder("[");
        foreach (var (key, value) in JsonNode.Parse(element[2..]) as JsonObject ?? [])
        {
            text.Append(text.Length > 1 ? "," : "").Append(key).Append('=').Append(value?.ToJsonString() ?? "null");
        }

        return text.Append(']').ToString();
    }

    private FieldSet Combine(FieldSet other, Func<bool, bool, bool> member)
    {
        var result = new FieldSet { _member = member(_member, other._member) };
        foreach (var element in _children.Keys.Union(other._children.Keys))
        {
            result.Add(element, (Child(element) ?? new FieldSet()).Combine(other.Child(element) ?? new FieldSet(), member));
        }

        return result;
    }

    private void Add(string element, FieldSet child)
    {
        if (!child.IsEmpty)
        {
            _children[element] = child;
        }
    }
}
