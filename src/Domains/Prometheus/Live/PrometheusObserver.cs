using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using GitOpsOperator.Domains.Prometheus.Live.Access;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Specs;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus.Live;

/// <summary>Looks at a Prometheus: what Kubernetes has of it, from the watches, and what each process says of itself.</summary>
public sealed partial class PrometheusObserver(KubernetesView view, PrometheusEndpoints endpoints, TimeProvider time)
{
    /// <summary>What a process answered to a reload is nowhere to be read again; where it is forgotten, it is asked once more.</summary>
    private readonly ConcurrentDictionary<string, ReloadError> _refusals = [];

    /// <summary>
    /// After a reload new targets are handed on every five seconds by service discovery, and as often by the scrape manager
    /// (discovery/manager.go and scrape/manager.go of Prometheus); what discovery has to ask first comes on top.
    /// </summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(15);

    /// <summary>Since when a pod has been seen to run its configuration.</summary>
    private readonly ConcurrentDictionary<string, (string? Digest, long Since)> _running = [];

    private CachedKind<V1Secret> Secrets =>
        view.Secrets ?? throw new InvalidOperationException("Configurations lie in Secrets, which this view does not have");

    public async Task<PrometheusLive> ObserveAsync(PrometheusDesired desired, CancellationToken cancellationToken)
    {
        view.EnsureFresh();
        var (cluster, owner) = (desired.Cluster, desired.Owner);
        var names = new PrometheusNames(cluster);
        var sets = view
            .StatefulSets.Objects.Values.Where(item => IsIn(item, cluster))
            .Select(item => (Item: item, Index: names.ShardOf(item.Metadata.Name)))
            .Where(entry => entry.Index is not null)
            .ToDictionary(entry => entry.Index!.Value, entry => entry.Item);
        var secrets = Secrets
            .Objects.Values.Where(item => IsIn(item, cluster) && IsOurs(item, cluster, owner))
            .ToDictionary(item => item.Metadata.Name);
        var service = view.Services.Find(cluster.Namespace, PrometheusNames.GoverningService);
        var confirmed = secrets.GetValueOrDefault(names.Confirmed);
        var rules = view
            .ConfigMaps.Objects.Values.Where(item => IsIn(item, cluster) && IsOurs(item, cluster, owner))
            .ToDictionary(item => item.Metadata.Name);
        var indexes = sets.Keys.Concat(secrets.Keys.Select(names.ShardOf).OfType<int>()).Distinct().Order();
        var shards = await Task.WhenAll(
            indexes.Select(index =>
                ShardAsync(
                    desired,
                    names,
                    index,
                    sets.TryGetValue(index, out var set) && IsOurs(set, cluster, owner) ? set : null,
                    secrets.GetValueOrDefault(names.Configuration(index)),
                    cancellationToken
                )
            )
        );
        return new()
        {
            Cluster = cluster,
            Foreign =
            [
                .. sets.Values.Where(set => !IsOurs(set, cluster, owner)).Select(set => $"StatefulSet/{set.Metadata.Name}{OwnedBy(set)}"),
                .. service is not null && !Ownership.IsOurs(service.Metadata, owner)
                    ? new[] { $"Service/{service.Metadata.Name}{OwnedBy(service)}" }
                    : [],
            ],
            ServiceHash = service?.GetAnnotation(ObjectLabels.SpecHashAnnotation),
            RuleDigests =
            [
                .. Enumerable
                    .Range(0, PrometheusLimits.RuleMaps)
                    .Select(index => rules.GetValueOrDefault(names.Rules(index))?.GetAnnotation(PrometheusLimits.DigestAnnotation)),
            ],
            Shards = [.. shards],
            Confirmed = confirmed is null ? null : ConfirmedFiles.Read(confirmed),
            Rejected = confirmed is null ? null : ConfirmedFiles.Rejection(confirmed),
            Reached = confirmed?.GetAnnotation(ObjectLabels.DesiredHashAnnotation),
            Held = HeldPrometheusChange.Read(confirmed?.GetAnnotation(HeldPrometheusChange.Annotation)),
            Approval = ApprovalLive.Read(confirmed?.GetAnnotation(ApprovalLive.Annotation)),
        };
    }

    /// <summary>Keeps what a pod's Prometheus said against files; null where it took them.</summary>
    public void Note(string podUid, ReloadError? refusal)
    {
        if (refusal is null)
        {
            _refusals.TryRemove(podUid, out _);
        }
        else
        {
            _refusals[podUid] = refusal;
        }
    }

    /// <summary>Where a replica's Prometheus is asked; null while its pod has no address.</summary>
    public static Uri? RootOf(PrometheusDesired desired, ReplicaLive replica) =>
        replica.Address is not { } address
            ? null
            : new(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"http://{address}:{PrometheusNames.WebPort}/{(desired.RoutePrefix.Length == 0 ? "" : desired.RoutePrefix + "/")}"
                )
            );

    private async Task<ShardLive> ShardAsync(
        PrometheusDesired desired,
        PrometheusNames names,
        int index,
        V1StatefulSet? set,
        V1Secret? configuration,
        CancellationToken cancellationToken
    )
    {
        var prefix = $"{names.Shard(index)}-";
        var pods = view
            .Pods.Objects.Values.Where(pod => IsIn(pod, desired.Cluster) && IsOurs(pod, desired.Cluster, desired.Owner))
            .Select(pod => (Pod: pod, Ordinal: OrdinalOf(pod.Metadata.Name, prefix)))
            .Where(entry => entry.Ordinal >= 0)
            .OrderBy(entry => entry.Ordinal);
        var replicas = await WithTargetsAsync(
            desired,
            await Task.WhenAll(
                pods.Select(entry => ReplicaAsync(desired, entry.Pod, entry.Ordinal, WrittenAt(configuration), cancellationToken))
            ),
            cancellationToken
        );
        var claim = ClaimTemplate.Of(set?.Spec.VolumeClaimTemplates?.FirstOrDefault());
        return new(index)
        {
            Set = set is null
                ? null
                : new(
                    set.Metadata.Uid,
                    set.GetAnnotation(ObjectLabels.SpecHashAnnotation),
                    set.Spec.Replicas ?? 1,
                    set.Metadata.DeletionTimestamp is not null
                )
                {
                    TemplateHash =
                        set.Spec.Template.Metadata is { } template
                        && template.Annotations is { } annotations
                        && annotations.TryGetValue(ObjectLabels.SpecHashAnnotation, out var hash)
                            ? hash
                            : null,
                    ServiceName = set.Spec.ServiceName,
                    Claim = claim,
                    Retention = Retention.OfArguments(
                        set.Spec.Template.Spec?.Containers.FirstOrDefault(container => container.Name == "prometheus")?.Args ?? []
                    ),
                },
            ConfigurationDigest = configuration?.GetAnnotation(PrometheusLimits.DigestAnnotation),
            Claims = claim is null ? [] : [.. Claims(desired.Cluster.Namespace, claim, prefix)],
            Replicas = [.. replicas],
        };
    }

    /// <summary>
    /// What replicas scrape is asked only where some are of another version than others: to see whether the new one does as well.
    /// </summary>
    private Task<ReplicaLive[]> WithTargetsAsync(PrometheusDesired desired, ReplicaLive[] replicas, CancellationToken cancellationToken) =>
        replicas.Select(replica => replica.Server?.Version).OfType<string>().Distinct().Count() < 2
            ? Task.FromResult(replicas)
            : Task.WhenAll(
                replicas.Select(async replica =>
                    replica.Server is { } server && RootOf(desired, replica) is { } root
                        ? replica with
                        {
                            Server = server with { Targets = await endpoints.TargetsAsync(root, cancellationToken) },
                        }
                        : replica
                )
            );

    /// <summary>
    /// Claims bear what their template says, which need not be our labels: what makes one ours is its name, by which our StatefulSet
    /// takes it.
    /// </summary>
    private IEnumerable<ReplicaClaimLive> Claims(string @namespace, ClaimTemplate template, string podPrefix)
    {
        var prefix = template.ClaimOf(podPrefix);
        return view
            .Claims.Objects.Values.Where(item => item.Metadata.NamespaceProperty == @namespace && item.Metadata.DeletionTimestamp is null)
            .Select(item => (Item: item, Ordinal: OrdinalOf(item.Metadata.Name, prefix)))
            .Where(entry => entry.Ordinal >= 0)
            .OrderBy(entry => entry.Ordinal)
            .Select(entry => new ReplicaClaimLive(entry.Ordinal, entry.Item.Metadata.Uid, ClaimTemplate.SizeOf(entry.Item)));
    }

    /// <summary>-1 where the name is none of a replica's.</summary>
    private static int OrdinalOf(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? ordinal
            : -1;

    private async Task<ReplicaLive> ReplicaAsync(
        PrometheusDesired desired,
        V1Pod pod,
        int ordinal,
        DateTime? filesWrittenAt,
        CancellationToken cancellationToken
    )
    {
        var container = pod.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == "prometheus");
        var replica = new ReplicaLive(
            ordinal,
            pod.Metadata.Uid,
            pod.GetAnnotation(ObjectLabels.SpecHashAnnotation),
            Running: container?.State?.Running is not null,
            Ready: pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true,
            Terminating: pod.Metadata.DeletionTimestamp is not null,
            pod.Status?.PodIP
        )
        {
            NotReadyReason = container?.State?.Waiting is { } waiting
                ? $"{waiting.Reason} {container.LastState?.Terminated?.Message ?? waiting.Message}".Trim()
                : null,
            StartError =
                container?.State?.Running is null
                && (container?.State?.Terminated ?? container?.LastState?.Terminated) is { ExitCode: not 0, Message: { } words }
                && NamesConfiguration().IsMatch(words)
                    ? words.Trim()
                    : null,
            MadeAfterFiles = pod.Metadata.CreationTimestamp > filesWrittenAt,
            Refusal = _refusals.GetValueOrDefault(pod.Metadata.Uid),
        };
        if (
            replica is not { Running: true, Terminating: false }
            || RootOf(desired, replica) is not { } root
            || await endpoints.StatusAsync(root, cancellationToken) is not { } server
        )
        {
            return replica;
        }

        server = server with { HasSettled = time.GetElapsedTime(RunningSince(pod.Metadata.Uid, server.ConfigurationDigest)) >= Settle };

        // How far history goes back is asked only where some of it is to go.
        return replica with
        {
            Server =
                server.Retention is { } kept && desired.Retention.IsShorterThan(kept)
                    ? server with
                    {
                        History = await endpoints.HistoryAsync(root, cancellationToken),
                    }
                    : server,
        };
    }

    /// <summary>By the API server's clock, like the making of pods; to the second.</summary>
    private static DateTime? WrittenAt(V1Secret? configuration) =>
        configuration?.Metadata.ManagedFields?.Where(entry => entry.Manager == ObjectLabels.FieldManager).Select(entry => entry.Time).Max();

    private long RunningSince(string podUid, string? digest)
    {
        if (!_running.ContainsKey(podUid))
        {
            var there = view.Pods.Objects.Values.Select(pod => pod.Metadata.Uid).ToHashSet();
            foreach (var gone in _running.Keys.Where(known => !there.Contains(known)))
            {
                _running.TryRemove(gone, out _);
            }
        }

        return _running
            .AddOrUpdate(
                podUid,
                _ => (digest, time.GetTimestamp()),
                (_, known) => known.Digest == digest ? known : (digest, time.GetTimestamp())
            )
            .Since;
    }

    /// <summary>As main.go of Prometheus says it, of the file itself and of what applies it.</summary>
    [GeneratedRegex("error loading (config|rule file)|loading configuration|new configuration", RegexOptions.IgnoreCase)]
    private static partial Regex NamesConfiguration();

    private static bool IsIn(IKubernetesObject<V1ObjectMeta> item, ClusterKey cluster) =>
        item.Metadata.NamespaceProperty == cluster.Namespace;

    private static bool IsOurs(IKubernetesObject<V1ObjectMeta> item, ClusterKey cluster, OwnerId owner) =>
        Ownership.IsOurs(item.Metadata, owner) && item.GetLabel(ObjectLabels.Cluster) == cluster.Name;

    private static string OwnedBy(IKubernetesObject<V1ObjectMeta> item) =>
        item.Metadata.OwnerReferences?.FirstOrDefault(reference =>
            reference.ApiVersion.StartsWith("monitoring.coreos.com/", StringComparison.Ordinal)
        )
            is { } reference
            ? $" (made by prometheus-operator for {reference.Kind}/{reference.Name})"
            : "";
}
