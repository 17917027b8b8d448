using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Fields;

/// <summary>Who writes, as managedFields remembers it.</summary>
internal sealed record FieldManager(string Name, string Operation, string ApiVersion, string Subresource);

/// <summary>Which manager owns which fields of one object.</summary>
internal sealed class ManagedFields
{
    private readonly Dictionary<FieldManager, (FieldSet Fields, string Time)> _owners = [];

    private ManagedFields() { }

    public static ManagedFields Read(JsonObject? node)
    {
        var managed = new ManagedFields();
        foreach (var entry in node.Items("metadata", "managedFields"))
        {
            var manager = new FieldManager(
                entry.Text("manager") ?? "",
                entry.Text("operation") ?? "",
                entry.Text("apiVersion") ?? "",
                entry.Text("subresource") ?? ""
            );
            if (manager.Operation.Length > 0)
            {
                managed._owners[manager] = (FieldSet.FromFieldsV1(entry["fieldsV1"]), entry.Text("time") ?? "");
            }
        }

        return managed;
    }

    public bool IsEmpty => _owners.Count == 0;

    public FieldSet this[FieldManager manager] => _owners.TryGetValue(manager, out var owned) ? owned.Fields : new FieldSet();

    public void WriteTo(JsonObject node)
    {
        if (_owners.Count == 0)
        {
            node.Metadata().Remove("managedFields");
            return;
        }

        var entries = new JsonArray();
        foreach (
            var (manager, (fields, time)) in _owners
                .OrderBy(owner => owner.Value.Time, StringComparer.Ordinal)
                .ThenBy(owner => owner.Key.Name, StringComparer.Ordinal)
        )
        {
            var entry = new JsonObject
            {
                ["manager"] = manager.Name,
                ["operation"] = manager.Operation,
                ["apiVersion"] = manager.ApiVersion,
                ["time"] = time,
                ["fieldsType"] = "FieldsV1",
                ["fieldsV1"] = fields.ToFieldsV1(),
            };
            if (manager.Subresource.Length > 0)
            {
                entry["subresource"] = manager.Subresource;
            }

            entries.Add(entry);
        }

        node.Metadata()["managedFields"] = entries;
    }

    /// <summary>An update: what it changed is its own from now on, and nobody else's.</summary>
    public void Update(FieldManager manager, JsonObject? before, JsonObject after, Schema schema, string time)
    {
        var (old, now) = (before is null ? null : Owned(before), Owned(after));
        var (oldSet, nowSet) = (old is null ? new FieldSet() : FieldSet.Of(old, schema), FieldSet.Of(now, schema));
        var changed = nowSet.Minus(oldSet).Union(old is null ? new FieldSet() : FieldSet.Modified(old, now, schema));
        var removed = oldSet.Minus(nowSet);
        if (changed.IsEmpty && removed.IsEmpty)
        {
            return;
        }

        TakeFromOthers(manager, changed.Union(removed), time);
        Set(manager, this[manager].Union(changed).Minus(removed), time);
    }

    /// <summary>Fields that an apply would change and that others own, by owner.</summary>
    public IReadOnlyList<(FieldManager Manager, FieldSet Fields)> Conflicts(FieldManager manager, FieldSet changed) =>
        [
            .. _owners
                .Where(owner => owner.Key != manager)
                .Select(owner => (owner.Key, owner.Value.Fields.Intersect(changed)))
                .Where(conflict => !conflict.Item2.IsEmpty),
        ];

    public FieldSet OwnedByOthers(FieldManager manager) =>
        _owners.Where(owner => owner.Key != manager).Aggregate(new FieldSet(), (all, owner) => all.Union(owner.Value.Fields));

    public void TakeFromOthers(FieldManager manager, FieldSet fields, string time)
    {
        foreach (var (other, owned) in _owners.Where(owner => owner.Key != manager).ToList())
        {
            Set(other, owned.Fields.Minus(fields), owned.Time);
        }
    }

    public void Set(FieldManager manager, FieldSet fields, string time)
    {
        if (fields.IsEmpty)
        {
            _owners.Remove(manager);
        }
        else if (!_owners.TryGetValue(manager, out var owned) || !owned.Fields.SameAs(fields))
        {
            _owners[manager] = (fields, time);
        }
    }

    /// <summary>The object without what nobody owns: its identity and what the server writes by itself.</summary>
    public static JsonObject Owned(JsonObject node)
    {
        var owned = node.DeepClone().AsObject();
        owned.Remove("apiVersion");
        owned.Remove("kind");
        if (owned["metadata"] is JsonObject metadata)
        {
            foreach (
                var field in (string[])
                    [
                        "name",
                        "namespace",
                        "uid",
                        "creationTimestamp",
                        "generation",
                        "resourceVersion",
                        "selfLink",
                        "managedFields",
                        "deletionTimestamp",
                        "deletionGracePeriodSeconds",
                    ]
            )
            {
                metadata.Remove(field);
            }

            if (metadata.Count == 0)
            {
                owned.Remove("metadata");
            }
        }

        return owned;
    }
}
