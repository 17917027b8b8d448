using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Fields;

/// <summary>One manager's configuration over the live object: conflicts, takeover by force, and removal of what it let go.</summary>
internal static class ServerSideApply
{
    /// <summary>The live object with the configuration laid over it, and <paramref name="managed"/> brought in line.</summary>
    public static JsonObject Over(
        JsonObject live,
        JsonObject applied,
        FieldManager manager,
        ManagedFields managed,
        Schema.Struct schema,
        bool force,
        string now
    )
    {
        var wanted = ManagedFields.Owned(applied);
        var desiredSet = FieldSet.Of(wanted, schema);
        var merged = FieldMerge.Merge(live, wanted, schema).AsObject();

        var (old, after) = (ManagedFields.Owned(live), ManagedFields.Owned(merged));
        var changed = FieldSet.Of(after, schema).Minus(FieldSet.Of(old, schema)).Union(FieldSet.Modified(old, after, schema));
        var conflicts = managed.Conflicts(manager, changed);
        if (conflicts.Count > 0 && !force)
        {
            throw ConflictOf(conflicts);
        }

        managed.TakeFromOthers(manager, changed, now);
        var abandoned = managed[manager].Minus(desiredSet);
        var kept = desiredSet.Union(managed.OwnedByOthers(manager));
        managed.Set(manager, desiredSet, now);
        return abandoned.IsEmpty ? merged : FieldMerge.Remove(merged, schema, abandoned, kept)!.AsObject();
    }

    private static ApiException ConflictOf(IReadOnlyList<(FieldManager Manager, FieldSet Fields)> conflicts)
    {
        var causes = new JsonArray();
        var told = new List<string>();
        foreach (var (manager, fields) in conflicts)
        {
            var by =
                $"\"{manager.Name}\""
                + (manager.Subresource.Length > 0 ? $" with subresource \"{manager.Subresource}\"" : "")
                + $" using {manager.ApiVersion}";
            var paths = fields.Paths().ToList();
            foreach (var path in paths)
            {
                causes.Add(
                    new JsonObject
                    {
                        ["reason"] = "FieldManagerConflict",
                        ["message"] = $"conflict with {by}",
                        ["field"] = path,
                    }
                );
            }

            told.Add(paths.Count == 1 ? $"conflict with {by}: {paths[0]}" : $"conflicts with {by}:\n- {string.Join("\n- ", paths)}");
        }

        return ApiException.ApplyConflict(
            $"Apply failed with {causes.Count} conflict{(causes.Count == 1 ? "" : "s")}: {string.Join("\n", told)}",
            causes
        );
    }
}
