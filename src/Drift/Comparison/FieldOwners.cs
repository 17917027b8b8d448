using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using GitOpsOperator.Drift.Owners;
using k8s.Models;

namespace GitOpsOperator.Drift.Comparison;

/// <summary>
/// Who owns which fields of one object, read from <c>metadata.managedFields</c>: paths of <c>f:field</c>, <c>k:{"name":"x"}</c> for an item
/// of a list by its keys, <c>v:value</c> for an item of a set, and <c>{}</c> where a field is owned as a whole.
/// See https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management.
/// </summary>
public sealed class FieldOwners
{
    private readonly ImmutableArray<(FieldActor Actor, JsonElement Fields)> _entries;

    public FieldOwners(V1ObjectMeta metadata) =>
        _entries = [
            .. (metadata.ManagedFields ?? [])
                .Where(entry => entry.Subresource != "status" && entry.FieldsV1 is JsonElement { ValueKind: JsonValueKind.Object })
                .Select(entry =>
                    (
                        new FieldActor(
                            entry.Manager ?? "",
                            entry.Operation ?? "",
                            entry.Time is { } time ? new DateTimeOffset(time.ToUniversalTime()) : null
                        ),
                        (JsonElement)entry.FieldsV1
                    )
                ),
        ];

    /// <summary>The field manager of this operator owns the field.</summary>
    public bool IsOurs(FieldPath path) =>
        _entries.Any(entry => entry.Actor.Manager == ObjectLabels.FieldManager && Owns(entry.Fields, path.Segments, 0));

    /// <summary>The other manager that owns the field, the latest where several do; null where none is recorded.</summary>
    public FieldActor? Other(FieldPath path) =>
        _entries
            .Where(entry => entry.Actor.Manager != ObjectLabels.FieldManager && Owns(entry.Fields, path.Segments, 0))
            .Select(entry => entry.Actor)
            .MaxBy(actor => actor.Time ?? DateTimeOffset.MinValue);

    /// <summary>What other managers have set where git declares nothing. Labels, annotations and finalizers of others are never
    /// listed.</summary>
    public ImmutableArray<(FieldPath Path, JsonNode Live, FieldActor Actor)> Foreign(JsonObject git, JsonObject live)
    {
        var found = ImmutableArray.CreateBuilder<(FieldPath, JsonNode, FieldActor)>();
        foreach (var (actor, fields) in _entries.Where(entry => entry.Actor.Manager != ObjectLabels.FieldManager))
        {
            Collect(FieldPath.Root, fields, git, live, actor, found);
        }

        return found.ToImmutable();
    }

    private static bool Owns(JsonElement node, ImmutableArray<FieldPath.Segment> path, int depth)
    {
        if (depth == path.Length || node.ValueKind != JsonValueKind.Object || (depth > 0 && !node.EnumerateObject().MoveNext()))
        {
            return true;
        }

        var segment = path[depth];
        if (segment.Item is null)
        {
            return node.TryGetProperty("f:" + segment.Name, out var child) && Owns(child, path, depth + 1);
        }

        foreach (var property in node.EnumerateObject())
        {
            if (Names(property.Name, segment.Item) && Owns(property.Value, path, depth + 1))
            {
                return true;
            }
        }

        return false;
    }

    private static void Collect(
        FieldPath path,
        JsonElement owned,
        JsonNode? git,
        JsonNode? live,
        FieldActor actor,
        ImmutableArray<(FieldPath, JsonNode, FieldActor)>.Builder found
    )
    {
        foreach (var property in owned.EnumerateObject())
        {
            var (below, desired, there) = property.Name switch
            {
                ['f', ':', .. var name] => (path.Below(name), (git as JsonObject)?[name], (live as JsonObject)?[name]),
                ['k', ':', ..] when live is JsonArray items && items.FirstOrDefault(item => Names(property.Name, item)) is { } item => (
                    path.At(ListKeys.KeyOf(path.Field, item) ?? "?", item),
                    git is JsonArray wants ? ListKeys.Find(path.Field, wants, item) : null,
                    item
                ),
                _ => (path, null, null),
            };
            if (there is null || below.Segments is [{ Name: "metadata" or "status" }])
            {
                continue;
            }

            if (desired is null)
            {
                found.Add((below, there, actor));
            }
            else
            {
                Collect(below, property.Value, desired, there, actor, found);
            }
        }
    }

    /// <summary>An item is the one that a <c>k:</c> names if it has all the keys; the API server notes defaulted keys too.</summary>
    private static bool Names(string property, JsonNode? item)
    {
        if (!property.StartsWith("k:", StringComparison.Ordinal) || item is not JsonObject fields)
        {
            return false;
        }

        try
        {
            return JsonNode.Parse(property[2..]) is JsonObject keys
                && keys.All(key => (fields[key.Key]?.ToString() ?? (key.Key == "protocol" ? "TCP" : null)) == key.Value?.ToString());
        }
        catch (JsonException)
        {
            // A path that this operator cannot read names nothing that it knows; nobody is named for it then.
            return false;
        }
    }
}
