using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Definitions;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>Deleting: at once where nothing stands against it, else by a deletionTimestamp that finalizers and, for pods, the grace
/// period keep visible.</summary>
internal sealed class Deletions(Store store, TimeProvider time)
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";

    /// <returns>The last state and whether the object is gone.</returns>
    public (StoredObject Last, bool Gone) Delete(ResourceKind kind, string ns, string name, DeleteOptions options)
    {
        lock (store.Gate)
        {
            var current = store.Get(kind, ns, name) ?? throw ApiException.NotFound(kind, name);
            CheckPreconditions(current, options);
            var node = current.ToNode();
            if (kind == Kinds.Namespace)
            {
                return options.DryRun || current.IsDeleting ? (current, false) : (store.Put(kind, Terminating(node)), false);
            }

            if (kind == Kinds.Definition && !options.DryRun)
            {
                DeleteDefined(DefinedKind.Read(node));
            }

            var grace = kind.IsPod ? GraceOf(node, options) : 0;
            var finalizers = WithPropagation(current.Finalizers, options.Propagation);
            if (grace == 0 && finalizers.Count == 0 && (options.DryRun || !kind.IsPod))
            {
                return options.DryRun ? (current, true) : (store.Remove(current), true);
            }

            var pending = node.Number("metadata", "deletionGracePeriodSeconds") ?? 0;
            if (
                current.IsDeleting
                && (finalizers.Count > 0 || grace > 0)
                && grace >= pending
                && finalizers.SequenceEqual(current.Finalizers)
            )
            {
                return (current, false);
            }

            var metadata = node.Metadata();
            var until = time.GetUtcNow().AddSeconds(grace);
            metadata["deletionTimestamp"] = until.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            metadata["deletionGracePeriodSeconds"] = grace;
            if (finalizers.Count > 0)
            {
                metadata["finalizers"] = new JsonArray([.. finalizers.Select(finalizer => (JsonNode)finalizer)]);
            }

            if (kind.HasGeneration)
            {
                metadata["generation"] = (node.Number("metadata", "generation") ?? 0) + 1;
            }

            // Even a pod that goes at once is first seen with its deletionTimestamp: watches get both, as from a real server.
            if (grace == 0 && finalizers.Count == 0)
            {
                return (store.Remove(store.Put(kind, node)), true);
            }

            return options.DryRun ? (StoredObject.From(kind, node, current.Revision), false) : (store.Put(kind, node), false);
        }
    }

    /// <summary>Takes a finalizer away; the object goes with its last one.</summary>
    public void RemoveFinalizer(StoredObject stored, string finalizer)
    {
        lock (store.Gate)
        {
            var node = stored.ToNode();
            var left = stored.Finalizers.Where(one => one != finalizer).ToList();
            node.Metadata()["finalizers"] = new JsonArray([.. left.Select(one => (JsonNode)one)]);
            if (left.Count > 0)
            {
                store.Put(stored.Kind, node);
                return;
            }

            node.Metadata().Remove("finalizers");
            if (node.Number("metadata", "deletionGracePeriodSeconds") is null or 0)
            {
                store.Remove(StoredObject.From(stored.Kind, node, stored.Revision));
            }
            else
            {
                store.Put(stored.Kind, node);
            }
        }
    }

    /// <summary>What lies in a namespace that is being deleted goes, and then the namespace itself.</summary>
    public void Empty(StoredObject @namespace)
    {
        lock (store.Gate)
        {
            var within = store.Everything().Where(stored => stored.Kind.Namespaced && stored.Namespace == @namespace.Name).ToList();
            foreach (var stored in within.Where(stored => !stored.IsDeleting))
            {
                Delete(stored.Kind, stored.Namespace, stored.Name, new(Uid: stored.Uid, Propagation: Propagation.Background));
            }

            if (
                !store.Everything().Any(stored => stored.Kind.Namespaced && stored.Namespace == @namespace.Name)
                && store.Get(Kinds.Namespace, "", @namespace.Name) is { } empty
            )
            {
                store.Remove(empty);
            }
        }
    }

    private JsonObject Terminating(JsonObject @namespace)
    {
        @namespace.Metadata()["deletionTimestamp"] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        @namespace.Object("status")["phase"] = "Terminating";
        return @namespace;
    }

    /// <summary>With a definition go the objects of its kind, whatever finalizers they have: a real server waits for those.</summary>
    private void DeleteDefined(ResourceKind kind)
    {
        foreach (var stored in store.List(kind, null).Objects)
        {
            store.Remove(stored);
        }

        store.EndSubscriptions(kind);
    }

    private static void CheckPreconditions(StoredObject current, DeleteOptions options)
    {
        if (options.Uid is { } uid && uid != current.Uid)
        {
            throw ApiException.Conflict(
                current.Kind,
                current.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}"
            );
        }

        var version = current.Revision.ToString(CultureInfo.InvariantCulture);
        if (options.ResourceVersion is { } wanted && wanted != version)
        {
            throw ApiException.Conflict(
                current.Kind,
                current.Name,
                $"Precondition failed: ResourceVersion in precondition: {wanted}, ResourceVersion in object meta: {version}"
            );
        }
    }

    /// <summary>A pod that no node runs, or that has ended, needs no grace.</summary>
    private static long GraceOf(JsonObject pod, DeleteOptions options)
    {
        if (pod.Text("spec", "nodeName") is not { Length: > 0 } || pod.Text("status", "phase") is "Succeeded" or "Failed")
        {
            return 0;
        }

        return options.Grace ?? pod.Number("spec", "terminationGracePeriodSeconds") ?? 30;
    }

    private static List<string> WithPropagation(IReadOnlyList<string> finalizers, Propagation propagation)
    {
        var kept = finalizers.Where(finalizer => finalizer is not (ForegroundFinalizer or OrphanFinalizer)).ToList();
        switch (propagation)
        {
            case Propagation.Foreground:
                kept.Add(ForegroundFinalizer);
                break;
            case Propagation.Orphan:
                kept.Add(OrphanFinalizer);
                break;
        }

        return kept;
    }
}
