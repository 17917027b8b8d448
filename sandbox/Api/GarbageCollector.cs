using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>Deletes what belonged to owners that are gone, and finishes foreground and orphaning deletions. In a real cluster this is
/// a controller beside the API server; here it runs inside, so that the server keeps its promise alone.</summary>
internal sealed class GarbageCollector(Store store, Deletions deletions)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // A subscription ends when it lags behind; the sweep looks at everything, so nothing is missed by starting anew.
            using var changes = store.Subscribe(null, null, store.Revision);
            Sweep();
            while (await changes.Changes.WaitToReadAsync(cancellationToken))
            {
                while (changes.Changes.TryRead(out _)) { }

                Sweep();
            }
        }
    }

    private void Sweep()
    {
        lock (store.Gate)
        {
            long before;
            do
            {
                before = store.Revision;
                var all = store.Everything();
                var owners = all.ToDictionary(stored => stored.Uid);
                foreach (var stored in all.Where(stored => stored.OwnerUids.Count > 0))
                {
                    Dependent(stored, owners);
                }

                foreach (
                    var stored in all.Where(stored => stored.IsDeleting && store.Get(stored.Kind, stored.Namespace, stored.Name) == stored)
                )
                {
                    Owner(stored, all);
                }

                foreach (var stored in all.Where(stored => stored.Kind == Kinds.Namespace && stored.IsDeleting))
                {
                    deletions.Empty(stored);
                }
            } while (store.Revision != before);
        }
    }

    private void Dependent(StoredObject stored, Dictionary<string, StoredObject> owners)
    {
        var present = stored.OwnerUids.Where(owners.ContainsKey).ToList();
        if (present.Count == 0)
        {
            Delete(stored, Propagation.Background);
        }
        else if (present.All(uid => owners[uid].IsDeleting && owners[uid].Finalizers.Contains(Deletions.ForegroundFinalizer)))
        {
            Delete(stored, Propagation.Background);
        }
        else if (present.Count < stored.OwnerUids.Count)
        {
            // One owner still holds it: only the references to the others go.
            Disown(stored, uid => !owners.ContainsKey(uid));
        }
    }

    private void Owner(StoredObject owner, IReadOnlyList<StoredObject> all)
    {
        // Read anew: the pass over the dependents may have removed some.
        var dependents = all.Where(stored => stored.OwnerUids.Contains(owner.Uid))
            .Select(stored => store.Get(stored.Kind, stored.Namespace, stored.Name))
            .OfType<StoredObject>()
            .ToList();
        if (owner.Finalizers.Contains(Deletions.OrphanFinalizer))
        {
            foreach (var dependent in dependents)
            {
                Disown(dependent, uid => uid == owner.Uid);
            }

            deletions.RemoveFinalizer(owner, Deletions.OrphanFinalizer);
        }
        else if (owner.Finalizers.Contains(Deletions.ForegroundFinalizer) && !dependents.Any(dependent => Blocks(dependent, owner)))
        {
            deletions.RemoveFinalizer(owner, Deletions.ForegroundFinalizer);
        }
    }

    private static bool Blocks(StoredObject dependent, StoredObject owner) =>
        dependent
            .ToNode()
            .Items("metadata", "ownerReferences")
            .Any(reference => reference.Text("uid") == owner.Uid && reference.Flag("blockOwnerDeletion"));

    private void Delete(StoredObject stored, Propagation propagation)
    {
        if (!stored.IsDeleting && store.Get(stored.Kind, stored.Namespace, stored.Name)?.Uid == stored.Uid)
        {
            deletions.Delete(stored.Kind, stored.Namespace, stored.Name, new DeleteOptions(Uid: stored.Uid, Propagation: propagation));
        }
    }

    private void Disown(StoredObject stored, Func<string, bool> leaves)
    {
        var node = stored.ToNode();
        var kept = node.Items("metadata", "ownerReferences")
            .Where(owner => !leaves(owner.Text("uid") ?? ""))
            .Select(owner => owner.DeepClone())
            .ToArray();
        if (kept.Length == 0)
        {
            node.Metadata().Remove("ownerReferences");
        }
        else
        {
            node.Metadata()["ownerReferences"] = new JsonArray(kept);
        }

        store.Put(stored.Kind, node);
    }
}
