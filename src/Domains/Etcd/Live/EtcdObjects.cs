using System.Collections.Immutable;
using System.Globalization;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Specs;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>One cluster's objects among all that Kubernetes has, at one moment.</summary>
internal sealed class EtcdObjects(KubernetesView view, ClusterKey cluster, OwnerId owner, DateTimeOffset now)
{
    private readonly EtcdNames _names = new(cluster);
    private readonly ImmutableDictionary<ObjectKey, V1StatefulSet> _statefulSets = view.StatefulSets.Objects;
    private readonly ImmutableDictionary<ObjectKey, V1Pod> _pods = view.Pods.Objects;
    private readonly ImmutableDictionary<ObjectKey, V1PersistentVolumeClaim> _claims = view.Claims.Objects;
    private readonly ImmutableDictionary<ObjectKey, V1ConfigMap> _configMaps = view.ConfigMaps.Objects;
    private readonly ImmutableDictionary<ObjectKey, V1Service> _services = view.Services.Objects;
    private readonly ImmutableDictionary<ObjectKey, V1PodDisruptionBudget> _budgets = view.DisruptionBudgets.Objects;

    public V1ConfigMap? Record => Owned(_configMaps, _names.Record);

    public SharedObjectsLive Shared =>
        new(
            HashOf(Owned(_services, _names.PeerService)),
            HashOf(Owned(_services, _names.ClientService)),
            HashOf(Owned(_budgets, _names.DisruptionBudget))
        );

    /// <summary>Indexes of the members of which any object exists.</summary>
    public ImmutableSortedSet<int> Indexes() =>
        [
            .. IndexesOf(_statefulSets, "", "", IsOurs),
            .. IndexesOf(_pods, "", "-0", IsOurs),
            .. IndexesOf(_claims, "data-", "-0", IsOurs),
            .. IndexesOf(_configMaps, "", "-boot", IsOurs),
        ];

    /// <summary>
    /// Objects that stand where ours stand or would have to go. Names of members long gone are never used again, so whoever has them
    /// now is no concern of ours.
    /// </summary>
    /// <param name="ownIndexes">Of members that etcd lists or that anything of ours is there of.</param>
    public ImmutableArray<string> Foreign(int nextIndex, IReadOnlySet<int> ownIndexes)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        Shared(_configMaps, "ConfigMap", _names.Record);
        Shared(_services, "Service", _names.PeerService);
        Shared(_services, "Service", _names.ClientService);
        Shared(_budgets, "PodDisruptionBudget", _names.DisruptionBudget);
        PerMember(_statefulSets, "StatefulSet", "", "", _names.Member);
        PerMember(_configMaps, "ConfigMap", "", "-boot", _names.Boot);
        PerMember(_claims, "PersistentVolumeClaim", "data-", "-0", _names.Claim);
        PerMember(_pods, "Pod", "", "-0", _names.Pod);
        return found.ToImmutable();

        void Shared<T>(ImmutableDictionary<ObjectKey, T> objects, string kind, string name)
            where T : IKubernetesObject<V1ObjectMeta>
        {
            if (objects.TryGetValue(new(cluster.Namespace, name), out var item) && !IsOurs(item))
            {
                found.Add($"{kind}/{name}");
            }
        }

        void PerMember<T>(ImmutableDictionary<ObjectKey, T> objects, string kind, string prefix, string suffix, Func<int, string> name)
            where T : IKubernetesObject<V1ObjectMeta> =>
            found.AddRange(
                IndexesOf(objects, prefix, suffix, item => !IsOurs(item))
                    .Where(index => index >= nextIndex || ownIndexes.Contains(index))
                    .Order()
                    .Select(index => $"{kind}/{name(index)}")
            );
    }

    public StatefulSetLive? StatefulSet(int index) =>
        Owned(_statefulSets, _names.Member(index)) is { } item
            ? new(
                item.Metadata.Uid,
                HashOf(item),
                VoterRole: HasVoterRole(item.Spec.Template.Metadata),
                Terminating: item.Metadata.DeletionTimestamp is not null
            )
            {
                DesiredHash = item.GetAnnotation(ObjectLabels.DesiredHashAnnotation),
                Image = EtcdPod.ImageOf(item.Spec.Template.Spec),
            }
            : null;

    public BootLive? Boot(int index) => Owned(_configMaps, _names.Boot(index)) is { } item ? EtcdBoot.Read(_names, index, item.Data) : null;

    public ClaimLive? Claim(int index) =>
        Owned(_claims, _names.Claim(index)) is { } item
            ? new(item.Metadata.Uid, Terminating: item.Metadata.DeletionTimestamp is not null)
            : null;

    public string? AskedSnapshot => SnapshotRequest.Read(Owned(_configMaps, _names.SnapshotRequest));

    public SnapshotLive? Snapshot => Owned(_pods, _names.SnapshotPod) is { } pod ? SnapshotLive.Read(pod) : null;

    public PodLive? Pod(int index) => Owned(_pods, _names.Pod(index)) is { } pod ? EtcdPod.Read(pod, SealedAt(index), now) : null;

    /// <summary>
    /// When the member's boot was written as it is, sealed; the API server keeps that of each writer. Null where it is not sealed or
    /// somebody has taken that away: then it is not known what started before.
    /// </summary>
    private DateTime? SealedAt(int index) =>
        Owned(_configMaps, _names.Boot(index)) is { } boot && EtcdBoot.Read(_names, index, boot.Data).Sealed
            ? boot.Metadata.ManagedFields?.Where(entry => entry.Manager == ObjectLabels.FieldManager).Max(entry => entry.Time)
            : null;

    internal static bool HasVoterRole(V1ObjectMeta? metadata) =>
        metadata?.Labels is { } labels && labels.TryGetValue(ObjectLabels.Role, out var role) && role == EtcdNames.VoterRole;

    private bool IsOurs(IKubernetesObject<V1ObjectMeta> item) =>
        Ownership.IsOurs(item.Metadata, owner) && (item.GetLabel(ObjectLabels.Cluster) ?? cluster.Name) == cluster.Name;

    private T? Owned<T>(ImmutableDictionary<ObjectKey, T> objects, string name)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        objects.TryGetValue(new(cluster.Namespace, name), out var item) && IsOurs(item) ? item : null;

    private IEnumerable<int> IndexesOf<T>(ImmutableDictionary<ObjectKey, T> objects, string prefix, string suffix, Predicate<T> where)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var start = $"{prefix}{cluster.Name}-";
        foreach (var (key, item) in objects)
        {
            if (
                key.Namespace == cluster.Namespace
                && key.Name.StartsWith(start, StringComparison.Ordinal)
                && key.Name.EndsWith(suffix, StringComparison.Ordinal)
                && key.Name.Length > start.Length + suffix.Length
                && int.TryParse(
                    key.Name.AsSpan(start.Length..^suffix.Length),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var index
                )
                && key.Name == $"{prefix}{_names.Member(index)}{suffix}"
                && where(item)
            )
            {
                yield return index;
            }
        }
    }

    internal static string? HashOf(IKubernetesObject<V1ObjectMeta>? item) => item?.GetAnnotation(ObjectLabels.SpecHashAnnotation);
}
