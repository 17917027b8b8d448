using System.Collections.Concurrent;
using System.Collections.Immutable;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Specs;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Drift.Cache;

/// <summary>
/// What a domain sees of the objects that its clusters consist of. Objects that are not ours are seen too, since they may stand where one
/// of ours has to go. Pods are the exception: there are many, and nobody but a StatefulSet, or we for a snapshot, makes one with our
/// names.
/// </summary>
public sealed class KubernetesView
{
    private readonly ConcurrentDictionary<ObjectKey, ChangeSignal> _changes = [];
    private readonly CachedKinds _kinds;
    private readonly OwnerId _owner;

    /// <param name="secrets">Only for a domain that keeps something in Secrets: it is a right that has to be granted.</param>
    /// <param name="claims">
    /// Of which claims it matters what they ask for; one that is ours need not say so, its StatefulSet's template may be of somebody who
    /// gives it no label.
    /// </param>
    public KubernetesView(KubernetesCache cache, bool secrets = false, Predicate<V1ObjectMeta>? claims = null)
    {
        _owner = cache.Owner;
        StatefulSets = cache.Request<V1StatefulSet>(ApiResources.StatefulSets, CacheContent.OwnedAndNames, Announce);
        Pods = cache.RequestLabelled<V1Pod>(ApiResources.Pods, ObjectLabels.Member, Announce);
        var ofClaims = claims is null ? CacheContent.Names : CacheContent.NamesAnd(claims);
        Claims = cache.Request<V1PersistentVolumeClaim>(ApiResources.Claims, ofClaims, Announce);
        ConfigMaps = cache.Request<V1ConfigMap>(ApiResources.ConfigMaps, CacheContent.OwnedAndNames, Announce);
        Services = cache.Request<V1Service>(ApiResources.Services, CacheContent.OwnedAndNames, Announce);
        DisruptionBudgets = cache.Request<V1PodDisruptionBudget>(ApiResources.DisruptionBudgets, CacheContent.OwnedAndNames, Announce);
        Secrets = secrets ? cache.Request<V1Secret>(ApiResources.Secrets, CacheContent.Owned, Announce) : null;
        ICachedKind[] kinds = [StatefulSets, Pods, Claims, ConfigMaps, Services, DisruptionBudgets];
        _kinds = cache.Together(Secrets is null ? kinds : [.. kinds, Secrets]);
    }

    public CachedKind<V1StatefulSet> StatefulSets { get; }

    public CachedKind<V1Pod> Pods { get; }

    public CachedKind<V1PersistentVolumeClaim> Claims { get; }

    public CachedKind<V1ConfigMap> ConfigMaps { get; }

    public CachedKind<V1Service> Services { get; }

    /// <summary>Null unless asked for.</summary>
    public CachedKind<V1Secret>? Secrets { get; }

    public CachedKind<V1PodDisruptionBudget> DisruptionBudgets { get; }

    /// <summary>What may not be decided on any more; null while all is fresh enough.</summary>
    public ViewAge? Stale => _kinds.Stale;

    /// <exception cref="StaleViewException">Nothing may be decided now.</exception>
    public void EnsureFresh() => _kinds.EnsureFresh();

    public Task WaitSyncedAsync(CancellationToken cancellationToken) => _kinds.WaitSyncedAsync(cancellationToken);

    /// <summary>Notified whenever an object of the cluster has changed.</summary>
    public ChangeSignal ChangesOf(string @namespace, string cluster) => _changes.GetOrAdd(new(@namespace, cluster), _ => new());

    /// <summary>Clusters of which this owner has a StatefulSet that was applied from a document of the repository.</summary>
    /// <param name="domain">Also the application's name on the objects.</param>
    public ImmutableArray<ClusterKey> ClustersMadeFrom(string repository, string domain) =>
        [
            .. StatefulSets
                .Objects.Values.Where(set =>
                    Ownership.IsOurs(set.Metadata, _owner)
                    && set.GetLabel(ObjectLabels.Application) == domain
                    && set.GetAnnotation(ObjectLabels.RepositoryAnnotation) == repository
                )
                .Select(set => (set.Metadata.NamespaceProperty, Name: set.GetLabel(ObjectLabels.Cluster)))
                .Where(cluster => cluster.Name is not null)
                .Distinct()
                .Select(cluster => new ClusterKey(domain, cluster.NamespaceProperty, cluster.Name))
                .Order(),
        ];

    /// <summary>Something has changed that any cluster may go by.</summary>
    public void NotifyAll()
    {
        foreach (var signal in _changes.Values)
        {
            signal.Notify();
        }
    }

    private void Announce(IKubernetesObject<V1ObjectMeta> item)
    {
        // The second label is the first one's spare: an object that somebody has stripped of the first must still wake its cluster's loop.
        if ((item.GetLabel(ObjectLabels.Cluster) ?? item.GetLabel(ObjectLabels.Instance)) is { } cluster)
        {
            ChangesOf(item.Metadata.NamespaceProperty, cluster).Notify();
        }
    }
}
