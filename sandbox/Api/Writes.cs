using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Fields;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>Create, update, patch and apply: from a client's body to the next stored state. All of them end in
/// <see cref="Commit"/>.</summary>
internal sealed class Writes(Store store, TimeProvider time)
{
    public WriteResult Create(ResourceKind kind, string ns, JsonNode body, WriteOptions options)
    {
        var (node, warnings) = RequestBody.Read(kind, ns, body, options);
        if (node.Text("metadata", "resourceVersion") is { Length: > 0 })
        {
            throw ApiException.BadRequest("resourceVersion should not be set on objects to be created");
        }

        lock (store.Gate)
        {
            return new WriteResult(Insert(kind, ns, node, options, "Update"), Created: true, warnings);
        }
    }

    public WriteResult Update(ResourceKind kind, string ns, string name, JsonNode body, WriteOptions options)
    {
        var (node, warnings) = RequestBody.Read(kind, ns, body, options);
        RequestBody.CheckName(node, name);
        lock (store.Gate)
        {
            var current = store.Get(kind, ns, name) ?? throw ApiException.NotFound(kind, name);
            return new WriteResult(Replace(current, node, options), Created: false, warnings);
        }
    }

    /// <summary>A patch of any kind: <paramref name="change"/> turns the present object into the wanted one.</summary>
    public WriteResult Patch(ResourceKind kind, string ns, string name, Func<JsonObject, JsonNode> change, WriteOptions options)
    {
        lock (store.Gate)
        {
            var current = store.Get(kind, ns, name) ?? throw ApiException.NotFound(kind, name);
            var (node, warnings) = RequestBody.Read(kind, ns, change(current.ToNode()), options);
            RequestBody.CheckName(node, name);
            return new WriteResult(Replace(current, node, options), Created: false, warnings);
        }
    }

    /// <summary>Server-side apply.</summary>
    public WriteResult Apply(ResourceKind kind, string ns, string name, JsonNode body, WriteOptions options)
    {
        var (applied, warnings) = RequestBody.Read(kind, ns, body, options);
        if (applied["apiVersion"] is null || applied["kind"] is null)
        {
            throw ApiException.BadRequest("an apply patch must have apiVersion and kind");
        }

        if (applied.At("metadata", "managedFields") is not null)
        {
            throw ApiException.BadRequest("metadata.managedFields must be nil");
        }

        if (kind.Definition is not null && applied.Text("metadata", "name") is null)
        {
            throw ApiException.BadRequest($"the name of the object ({name} based on URL) was undeterminable: name must be provided");
        }

        RequestBody.CheckName(applied, name);
        applied.Metadata()["name"] = name;
        var manager = new FieldManager(options.Manager, "Apply", kind.ApiVersion, options.Subresource);
        lock (store.Gate)
        {
            var current = store.Get(kind, ns, name);
            if (current is null)
            {
                if (options.Subresource.Length > 0)
                {
                    throw ApiException.NotFound(kind, name);
                }

                if (applied.Text("metadata", "uid") is not null || applied.Text("metadata", "resourceVersion") is not null)
                {
                    throw ApiException.Conflict(kind, name, "uid or resourceVersion was given and there is no such object");
                }

                return new WriteResult(Insert(kind, ns, applied, options, "Apply"), Created: true, warnings);
            }

            var live = current.ToNode();
            var managed = ManagedFields.Read(live);
            var next = ServerSideApply.Over(
                live,
                WithoutForeignParts(applied, kind, options.Subresource),
                manager,
                managed,
                kind.Schema,
                options.Force,
                Now()
            );
            // Given in the applied configuration these are preconditions, not fields.
            foreach (var precondition in (string[])["uid", "resourceVersion"])
            {
                next.Metadata().Take(applied.At("metadata", precondition) is null ? live.Metadata() : applied.Metadata(), precondition);
            }

            var stored = Commit(
                current,
                next,
                options,
                (before, after) =>
                {
                    managed.WriteTo(after);
                    return managed;
                }
            );
            return new WriteResult(stored, Created: false, warnings);
        }
    }

    private StoredObject Insert(ResourceKind kind, string ns, JsonObject node, WriteOptions options, string operation)
    {
        var metadata = node.Metadata();
        if (metadata.Text("name") is not { Length: > 0 } name)
        {
            if (metadata.Text("generateName") is not { Length: > 0 } prefix)
            {
                throw ApiException.Invalid(kind, "", [InvalidField.Required("metadata.name", "name or generateName is required")]);
            }

            name = prefix + RandomNumberGenerator.GetString("bcdfghjklmnpqrstvwxz2456789", 5);
            metadata["name"] = name;
        }

        if (kind.Namespaced)
        {
            metadata["namespace"] = ns;
            var home = store.Get(Kinds.Namespace, "", ns) ?? throw ApiException.NotFound(Kinds.Namespace, ns);
            if (home.IsDeleting)
            {
                throw ApiException.Forbidden(kind, name, $"unable to create new content in namespace {ns} because it is being terminated");
            }
        }

        if (store.Get(kind, ns, name) is not null)
        {
            throw ApiException.AlreadyExists(kind, name);
        }

        var applied = WithoutForeignParts(node, kind, "");
        node = applied.DeepClone().AsObject();
        metadata = node.Metadata();
        foreach (var field in (string[])["deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink", "generation"])
        {
            metadata.Remove(field);
        }

        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = Now();
        if (kind.HasGeneration)
        {
            metadata["generation"] = 1;
        }

        Defaults.Fill(kind, node);
        Defaults.FirstStatus(kind, node);
        Allocations.Fill(kind, node, store);
        Validation.Check(kind, node, null);

        var managed = ManagedFields.Read(null);
        var manager = new FieldManager(options.Manager, operation, kind.ApiVersion, options.Subresource);
        if (operation == "Apply")
        {
            managed.Set(manager, FieldSet.Of(ManagedFields.Owned(applied), kind.Schema), Now());
        }
        else
        {
            managed.Update(manager, null, WithoutForeignParts(node, kind, ""), kind.Schema, Now());
        }

        managed.WriteTo(node);
        Shape(node);
        return options.DryRun ? StoredObject.From(kind, node, store.Revision) : store.Put(kind, node);
    }

    private StoredObject Replace(StoredObject current, JsonObject next, WriteOptions options)
    {
        var manager = new FieldManager(options.Manager, "Update", current.Kind.ApiVersion, options.Subresource);
        return Commit(
            current,
            next,
            options,
            (before, after) =>
            {
                // A client may hand in managedFields of its own making, one empty entry clears them, none at all means the present ones.
                var given = ManagedFields.Read(next);
                var cleared =
                    next.At("metadata", "managedFields") is JsonArray { Count: 1 } entries && entries[0] is JsonObject { Count: 0 };
                var managed = given.IsEmpty && !cleared ? ManagedFields.Read(before) : given;
                managed.Update(manager, before, after, current.Kind.Schema, Now());
                managed.WriteTo(after);
                return managed;
            }
        );
    }

    /// <summary>From the present state and a wanted one to the next: what is not the writer's to change is put back, defaults are
    /// filled in, rules are checked, owners noted. A write that changes nothing leaves no trace.</summary>
    private StoredObject Commit(
        StoredObject current,
        JsonObject wanted,
        WriteOptions options,
        Func<JsonObject, JsonObject, ManagedFields> track
    )
    {
        var kind = current.Kind;
        var before = current.ToNode();
        if (wanted.Text("metadata", "uid") is { Length: > 0 } uid && uid != current.Uid)
        {
            throw ApiException.Conflict(
                kind,
                current.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}"
            );
        }

        if (
            wanted.Text("metadata", "resourceVersion") is { Length: > 0 } version
            && version != current.Revision.ToString(CultureInfo.InvariantCulture)
        )
        {
            throw ApiException.Modified(kind, current.Name);
        }

        var next = wanted.DeepClone().AsObject();
        if (options.Subresource == "status")
        {
            next = before.DeepClone().AsObject();
            next.Take(wanted, "status");
        }
        else if (kind.HasStatus)
        {
            next.Take(before, "status");
        }

        foreach (
            var field in (string[])
                [
                    "name",
                    "namespace",
                    "uid",
                    "creationTimestamp",
                    "deletionTimestamp",
                    "deletionGracePeriodSeconds",
                    "generation",
                    "selfLink",
                    "managedFields",
                    "generateName",
                    "resourceVersion",
                ]
        )
        {
            next.Metadata().Take(before.Metadata(), field);
        }

        Defaults.Fill(kind, next);
        Allocations.Keep(kind, before, next);
        Validation.Check(kind, next, before);
        if (kind.HasGeneration && !JsonNode.DeepEquals(before["spec"], next["spec"]))
        {
            next.Metadata()["generation"] = (before.Number("metadata", "generation") ?? 0) + 1;
        }

        track(before, next);
        Shape(next);
        if (JsonNode.DeepEquals(before, next))
        {
            return current;
        }

        if (options.DryRun)
        {
            return StoredObject.From(kind, next, current.Revision);
        }

        // The last finalizer is gone: so is the object. A pod with grace left still waits for its node.
        var finalizers = next.At("metadata", "finalizers") as JsonArray;
        if (current.IsDeleting && finalizers is not { Count: > 0 } && next.Number("metadata", "deletionGracePeriodSeconds") is null or 0)
        {
            return store.Remove(StoredObject.From(kind, next, current.Revision));
        }

        return store.Put(kind, next);
    }

    /// <summary>A write to the object says nothing about its status, a write to the status nothing about the rest.</summary>
    private static JsonObject WithoutForeignParts(JsonObject node, ResourceKind kind, string subresource)
    {
        var own = node.DeepClone().AsObject();
        if (subresource == "status")
        {
            foreach (var field in own.Select(pair => pair.Key).Where(field => field is not ("apiVersion" or "kind" or "status")).ToList())
            {
                own.Remove(field);
            }
        }
        else if (kind.HasStatus)
        {
            own.Remove("status");
        }

        return own;
    }

    /// <summary>No empty maps and lists in the metadata.</summary>
    private static void Shape(JsonObject node)
    {
        foreach (var field in (string[])["labels", "annotations", "finalizers", "ownerReferences"])
        {
            if (node.At("metadata", field) is JsonObject { Count: 0 } or JsonArray { Count: 0 })
            {
                node.Metadata().Remove(field);
            }
        }
    }

    private string Now() => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
