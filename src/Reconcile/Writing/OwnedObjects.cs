using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Specs;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Reconcile.Writing;

/// <summary>
/// Writes objects to Kubernetes, and touches none that is not ours: each is read first and its owner label compared. After a write it
/// waits until the watch shows it, so that the next look does not decide on the state before.
/// </summary>
public sealed class OwnedObjects(IKubernetes client, KubernetesView view, ILeadership leadership, TimeProvider time)
{
    private readonly WatchCatchUp _watches = new(time);

    /// <summary>The kinds that can be written.</summary>
    public WritableKinds Kinds { get; } = new(client, view);

    /// <summary>
    /// Server-side apply. Fields of ours that someone else has taken are taken back, on objects that are ours. What exists is applied to
    /// only at the version that was read.
    /// </summary>
    public async Task ApplyAsync<T>(WritableKind<T> kind, T desired, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var key = ObjectKey.Of(desired);
        var existing = await FindOursAsync(kind, key, desired.GetLabel(ObjectLabels.Owner), cancellationToken);
        desired.Metadata.ResourceVersion = existing?.Metadata.ResourceVersion;
        var applied = await ChangeAsync(
            $"apply {kind.Kind}/{key}",
            () => kind.Patch(key, new V1Patch(desired, V1Patch.PatchType.ApplyPatch), existing is not null, cancellationToken)
        );
        await _watches.SeeAsync(kind.Copy, key, applied, cancellationToken);
    }

    /// <summary>Has an object that somebody has changed as it was rendered again.</summary>
    /// <param name="drifts">What was seen; those of other objects do not matter.</param>
    public Task RevertAsync(
        IKubernetesObject<V1ObjectMeta> rendered,
        ImmutableArray<DriftFact> drifts,
        OwnerId owner,
        CancellationToken cancellationToken
    )
    {
        var removal = RenumberedPorts.Removal(drifts.Where(fact => fact.Target == $"{rendered.Kind}/{rendered.Metadata.Name}"));
        return rendered switch
        {
            V1Service service => WholeAsync(Kinds.Services, service),
            V1PodDisruptionBudget budget => WholeAsync(Kinds.DisruptionBudgets, budget),
            V1ConfigMap configMap => WholeAsync(Kinds.ConfigMaps, configMap),
            V1Secret secret => WholeAsync(Kinds.Secrets, secret),
            V1StatefulSet statefulSet => WholeAsync(Kinds.StatefulSets, statefulSet),

            // The StatefulSet's controller makes pods, so only labels are reverted on one.
            V1Pod pod => PatchAsync(
                Kinds.Pods,
                ObjectKey.Of(pod),
                owner,
                new { metadata = new { labels = pod.Metadata.Labels } },
                cancellationToken
            ),
            _ => throw new NotSupportedException($"No way is known to put a {rendered.Kind} back"),
        };

        async Task WholeAsync<T>(WritableKind<T> kind, T whole)
            where T : class, IKubernetesObject<V1ObjectMeta>
        {
            if (removal is not null)
            {
                await PatchAsync(kind, ObjectKey.Of(whole), owner, removal, cancellationToken, V1Patch.PatchType.StrategicMergePatch);
            }

            await ApplyAsync(kind, whole, cancellationToken);
        }
    }

    /// <summary>Merge patch of an object that is ours. Nothing happens where it does not exist.</summary>
    public async Task PatchAsync<T>(
        WritableKind<T> kind,
        ObjectKey key,
        OwnerId owner,
        object mergePatch,
        CancellationToken cancellationToken,
        V1Patch.PatchType type = V1Patch.PatchType.MergePatch
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (await FindOursAsync(kind, key, owner.Label, cancellationToken) is not { } existing)
        {
            return;
        }

        var patched = await ChangeAsync(
            $"patch {kind.Kind}/{key}",
            () => kind.Patch(key, new V1Patch(OnlyOver(existing, mergePatch), type), null, cancellationToken)
        );
        await _watches.SeeAsync(kind.Copy, key, patched, cancellationToken);
    }

    /// <summary>Deletes an object that is ours, and no other of the same name. Nothing happens where it does not exist.</summary>
    /// <param name="uid">Null for an object that holds no state, of which one is as good as another.</param>
    /// <param name="leaveDependents">What it has made stays, and belongs to nobody until another takes it.</param>
    public async Task DeleteAsync<T>(
        WritableKind<T> kind,
        ObjectKey key,
        OwnerId owner,
        string? uid,
        CancellationToken cancellationToken,
        bool leaveDependents = false
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (await FindOursAsync(kind, key, owner.Label, cancellationToken) is not { } existing)
        {
            return;
        }

        var options = new V1DeleteOptions
        {
            // A StatefulSet is gone only when its pod is, so that "gone" means that nothing of it writes any more.
            PropagationPolicy =
                leaveDependents ? "Orphan"
                : typeof(T) == typeof(V1StatefulSet) ? "Foreground"
                : "Background",
            Preconditions = new V1Preconditions { Uid = uid ?? existing.Metadata.Uid },
        };
        await EndAsync($"delete {kind.Kind}/{key}", () => kind.Delete(key, options, cancellationToken));
        await _watches.SeeGoneAsync(kind.Copy, key, options.Preconditions.Uid, cancellationToken);
    }

    /// <summary>
    /// Asks for more of a claim. Its labels are its template's and need not be ours; that it is the one that was seen to belong to a
    /// StatefulSet of ours is told by its id. Nothing happens where it is another, or gone.
    /// </summary>
    public async Task GrowClaimAsync(ObjectKey key, string uid, Quantity size, CancellationToken cancellationToken)
    {
        if (await FindAsync(Kinds.Claims, key, cancellationToken) is not { } existing || existing.Metadata.Uid != uid)
        {
            return;
        }

        var more = new { spec = new { resources = new { requests = new { storage = size.ToString() } } } };
        var patched = await ChangeAsync(
            $"enlarge PersistentVolumeClaim/{key}",
            () => Kinds.Claims.Patch(key, new V1Patch(OnlyOver(existing, more), V1Patch.PatchType.MergePatch), null, cancellationToken)
        );
        await _watches.SeeAsync(Kinds.Claims.Copy, key, patched, cancellationToken);
    }

    /// <summary>Deletes a pod that is ours if its disruption budget allows it. Nothing happens where it does not exist.</summary>
    /// <exception cref="KubernetesCallException">429: the budget does not allow it now.</exception>
    public async Task EvictAsync(ObjectKey key, OwnerId owner, string uid, CancellationToken cancellationToken)
    {
        if (await FindOursAsync(Kinds.Pods, key, owner.Label, cancellationToken) is null)
        {
            return;
        }

        var eviction = new V1Eviction
        {
            Metadata = new V1ObjectMeta { Name = key.Name, NamespaceProperty = key.Namespace },
            DeleteOptions = new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = uid } },
        };
        await EndAsync(
            $"evict Pod/{key}",
            () => client.CoreV1.CreateNamespacedPodEvictionAsync(eviction, key.Name, key.Namespace, cancellationToken: cancellationToken)
        );
        await _watches.SeeGoneAsync(Kinds.Pods.Copy, key, uid, cancellationToken);
    }

    /// <summary>Waits until the watch shows a ConfigMap that was written elsewhere.</summary>
    public Task AwaitAsync(V1ConfigMap written, CancellationToken cancellationToken) =>
        _watches.SeeAsync(Kinds.ConfigMaps.Copy, ObjectKey.Of(written), written, cancellationToken);

    private static async Task<T?> FindOursAsync<T>(
        WritableKind<T> kind,
        ObjectKey key,
        string? ownerLabel,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var existing = await FindAsync(kind, key, cancellationToken);
        return existing is null || Ownership.IsOurs(existing.Metadata, ownerLabel)
            ? existing
            : throw new ForeignObjectException(kind.Kind, key);
    }

    private static Task<T?> FindAsync<T>(WritableKind<T> kind, ObjectKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        CallAsync(
            $"read {kind.Kind}/{key}",
            async () =>
            {
                try
                {
                    return await kind.Read(key, cancellationToken);
                }
                catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
                {
                    return null;
                }
            }
        );

    /// <summary>Only the version that was read is patched: one that another has written since gives a conflict.</summary>
    private static string OnlyOver<T>(T existing, object patch)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var node = JsonNode.Parse(KubernetesJson.Serialize(patch))!;
        var metadata = node["metadata"] as JsonObject ?? [];
        metadata["resourceVersion"] = existing.Metadata.ResourceVersion;
        node["metadata"] = metadata;
        return node.ToJsonString();
    }

    /// <summary>A call that changes something: between the look at the object and this moment the process may have been stopped.</summary>
    private Task<T> ChangeAsync<T>(string what, Func<Task<T>> call)
    {
        leadership.EnsureLeader();
        return CallAsync(what, call);
    }

    /// <summary>A change after which the object is gone. One that has gone between the observation and the call is as desired.</summary>
    private async Task EndAsync(string what, Func<Task> call) =>
        await ChangeAsync<object?>(
            what,
            async () =>
            {
                try
                {
                    await call();
                }
                catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
                {
                    // As desired.
                }

                return null;
            }
        );

    private static async Task<T> CallAsync<T>(string what, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (HttpOperationException e)
        {
            throw new KubernetesCallException(what, e);
        }
    }
}
