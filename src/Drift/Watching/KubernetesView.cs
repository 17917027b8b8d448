using System.Collections.Concurrent;
using System.Collections.Immutable;
using GitOpsOperator.Specs;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Drift.Watching;

/// <summary>
/// What Kubernetes has of the objects that clusters consist of, kept up to date by watches, so that looking costs no call.
/// Objects that are not ours are seen too, since they may stand where one of ours has to go; of them only the metadata is kept.
/// Pods are the exception: there are many, and nobody but a StatefulSet, or we for a snapshot, makes one with our names.
/// </summary>
public sealed class KubernetesView
{
    private readonly ConcurrentDictionary<ObjectKey, Pulse> _changes = [];

    /// <param name="namespace">Null to watch all namespaces.</param>
    /// <param name="watchSecrets">Only for a domain that keeps something in Secrets: it is a right that has to be granted.</param>
    public KubernetesView(IKubernetes client, string? @namespace, TimeProvider time, ILoggerFactory loggers, bool watchSecrets = false)
    {
        var logger = loggers.CreateLogger<KubernetesView>();
        StatefulSets = new(Collections.StatefulSets(client, @namespace), Prune, Announce, time, logger);
        Pods = new(Collections.Pods(client, @namespace), Prune, Announce, time, logger);
        Claims = new(Collections.Claims(client, @namespace), PruneClaim, Announce, time, logger);
        ConfigMaps = new(Collections.ConfigMaps(client, @namespace), Prune, Announce, time, logger);
        Services = new(Collections.Services(client, @namespace), Prune, Announce, time, logger);
        DisruptionBudgets = new(Collections.DisruptionBudgets(client, @namespace), Prune, Announce, time, logger);
        Secrets = new(Collections.Secrets(client, @namespace), Prune, Announce, time, logger);
        Watches = new([StatefulSets, Pods, Claims, ConfigMaps, Services, DisruptionBudgets, .. watchSecrets ? (IReflector[])[Secrets] : []]);
    }

    public Reflector<V1StatefulSet, V1StatefulSetList> StatefulSets { get; }

    public Reflector<V1Pod, V1PodList> Pods { get; }

    public Reflector<V1PersistentVolumeClaim, V1PersistentVolumeClaimList> Claims { get; }

    public Reflector<V1ConfigMap, V1ConfigMapList> ConfigMaps { get; }

    public Reflector<V1Service, V1ServiceList> Services { get; }

    /// <summary>Empty unless asked for.</summary>
    public Reflector<V1Secret, V1SecretList> Secrets { get; }

    public Reflector<V1PodDisruptionBudget, V1PodDisruptionBudgetList> DisruptionBudgets { get; }

    public WatchGroup Watches { get; }

    /// <summary>The kind that has been stale for longest, if any is.</summary>
    public Staleness? Staleness => Watches.Staleness;

    /// <summary>Beats whenever an object of the cluster has changed.</summary>
    public Pulse ChangesOf(string @namespace, string cluster) => _changes.GetOrAdd(new(@namespace, cluster), _ => new());

    /// <summary>Clusters of which this owner has a StatefulSet that was applied from a document of the repository.</summary>
    /// <param name="domain">Also the application's name on the objects.</param>
    public ImmutableArray<ClusterKey> ClustersMadeFrom(string repository, OwnerId owner, string domain) =>
    [
        .. StatefulSets.Objects.Values
            .Where(set => Ownership.IsOurs(set.Metadata, owner) && set.GetLabel(ObjectLabels.Application) == domain && set.GetAnnotation(ObjectLabels.RepositoryAnnotation) == repository)
            .Select(set => (set.Metadata.NamespaceProperty, Name: set.GetLabel(ObjectLabels.Cluster)))
            .Where(cluster => cluster.Name is not null).Distinct().Select(cluster => new ClusterKey(domain, cluster.NamespaceProperty, cluster.Name)).Order(),
    ];

    public Task WaitSyncedAsync(CancellationToken cancellationToken) => Watches.WaitSyncedAsync(cancellationToken);

    public Task RunAsync(CancellationToken cancellationToken) => Watches.RunAsync(cancellationToken);

    /// <summary>Something has changed that any cluster may go by.</summary>
    public void BeatAll()
    {
        foreach (var pulse in _changes.Values)
        {
            pulse.Beat();
        }
    }

    private void Announce(IKubernetesObject<V1ObjectMeta> item)
    {
        // The second label is the first one's spare: an object that somebody has stripped of the first must still wake its cluster's loop.
        if ((item.GetLabel(ObjectLabels.Cluster) ?? item.GetLabel(ObjectLabels.Instance)) is { } cluster)
        {
            ChangesOf(item.Metadata.NamespaceProperty, cluster).Beat();
        }
    }

    /// <summary>A claim is small, and one that is ours need not say so: its StatefulSet's template may be of somebody who gives it no label.</summary>
    private static V1PersistentVolumeClaim PruneClaim(V1PersistentVolumeClaim item)
    {
        var pruned = Prune(item);
        pruned.Spec = item.Spec;
        return pruned;
    }

    private static T Prune<T>(T item)
        where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        // Who set a field is told from these, on objects that are ours. What a controller says in a status is of no interest.
        var ours = Ownership.IsOrWasManaged(item.Metadata);
        item.Metadata.ManagedFields = ours ? item.Metadata.ManagedFields?.Where(entry => entry.Subresource != "status").ToList() : null;
        return ours ? item : new T { Metadata = item.Metadata };
    }
}
