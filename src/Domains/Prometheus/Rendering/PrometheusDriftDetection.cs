using System.Collections.Immutable;
using System.Text;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Owners;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus.Rendering;

/// <summary>
/// Compares a Prometheus' rendering with the objects that the watches have, and what git's documents come to with what every process says
/// that it runs. It makes no call. Of a Secret's content digests are compared, and only they are shown.
/// </summary>
internal sealed class PrometheusDriftDetection(KubernetesView view)
{
    private const string RecreatedByController = "the StatefulSet's controller recreates it";

    public ImmutableArray<DriftFact> Look(PrometheusDesired desired, PrometheusLive live)
    {
        // Before anything was at work, and where it is not certainly ours, there is nothing that could have drifted.
        if (live.Confirmed is null || live.Rendered.Files is null || !live.Foreign.IsEmpty)
        {
            return [];
        }

        var situation = new PrometheusComparison(desired, live, PrometheusHashes.Rendered);
        return
        [
            .. DesiredChanges(situation),
            .. ObjectDrift.Look(PrometheusRendering.GoverningService(desired), view.Services, "applied again"),
            .. Shards(situation),
            .. Files(situation),
            .. Processes(situation),
        ];
    }

    /// <summary>What git has said since it was last seen at work.</summary>
    private static IEnumerable<DriftFact> DesiredChanges(PrometheusComparison s)
    {
        if (s.Live.Confirmed!.Digest != s.DesiredFiles!.Digest)
        {
            yield return new(
                $"Prometheus/{s.Desired.Cluster.Name}",
                "configuration",
                DriftClass.Intent,
                s.DesiredFiles.Digest,
                s.Live.Confirmed.Digest,
                null,
                false,
                "carried out as the plan says"
            );
        }
        else if (!s.IsReached)
        {
            yield return new(
                $"Prometheus/{s.Desired.Cluster.Name}",
                "spec",
                DriftClass.Intent,
                s.Hashes.Desired(s.Desired),
                s.Live.Reached,
                null,
                false,
                "carried out as the plan says"
            );
        }
    }

    private IEnumerable<DriftFact> Shards(PrometheusComparison s)
    {
        foreach (var index in s.ActiveShards.Union(s.Live.Shards.Select(shard => shard.Index)).Order())
        {
            var set = PrometheusRendering.StatefulSet(s.Desired, index, s.Desired.Replicas);
            if (s.Live.Shard(index)?.Set is null && index >= s.Desired.Shards)
            {
                continue;
            }

            foreach (var fact in ObjectDrift.Look(set, view.StatefulSets, "recreated; its volumes are kept", _ => s.IsReached))
            {
                yield return fact;
            }

            for (
                var ordinal = 0;
                ordinal < s.Desired.Replicas && s.Live.Shard(index)?.Set is { } there && ordinal < there.Replicas;
                ordinal++
            )
            {
                foreach (
                    var fact in PodOf(
                        set,
                        s.Names.Pod(index, ordinal),
                        s.Live.Shard(index)!.Replicas.FirstOrDefault(replica => replica.Ordinal == ordinal)
                    )
                )
                {
                    yield return fact;
                }
            }
        }
    }

    private IEnumerable<DriftFact> PodOf(V1StatefulSet set, string name, ReplicaLive? seen) =>
        seen switch
        {
            { Terminating: true } =>
            [
                new($"Pod/{name}", "", DriftClass.Drift, "present", "being deleted", null, Reverts: false, RecreatedByController),
            ],
            null => [ObjectDrift.Missing($"Pod/{name}", RecreatedByController)],

            // The spec is the StatefulSet's template as its controller copied it, so it is nobody's addition; the template is compared
            // itself.
            _ => view.Pods.Find(set.Metadata.NamespaceProperty, name) is not { } pod
            || set.Spec.Template.Metadata.Annotations[ObjectLabels.SpecHashAnnotation] != pod.GetAnnotation(ObjectLabels.SpecHashAnnotation)
                ? []
                : ObjectDrift
                    .Compare(ObjectDrift.PodOf(set, name), pod)
                    .Where(fact => fact is not { Class: DriftClass.Foreign, Path: "spec" }),
        };

    /// <summary>Configuration and rules as they lie in Kubernetes, against what they were written with.</summary>
    private IEnumerable<DriftFact> Files(PrometheusComparison s)
    {
        foreach (var shard in s.Live.Shards)
        {
            var name = s.Names.Configuration(shard.Index);
            foreach (
                var fact in Content(
                    $"Secret/{name}",
                    shard.Index < s.Desired.Shards || shard.Set is not null,
                    shard.ConfigurationDigest,
                    RevertedObject.Configuration(s.Desired, s.Live, shard),
                    view.Secrets?.Find(s.Desired.Cluster.Namespace, name),
                    secret => secret.Data is { } data ? data.Select(entry => (entry.Key, Encoding.UTF8.GetString(entry.Value))) : [],
                    secret => new V1Secret
                    {
                        ApiVersion = "v1",
                        Kind = "Secret",
                        Metadata = secret.Metadata,
                        Type = secret.Type,
                    }
                )
            )
            {
                yield return fact;
            }
        }

        for (var index = 0; index < s.Live.RuleDigests.Length; index++)
        {
            var name = s.Names.Rules(index);
            foreach (
                var fact in Content(
                    $"ConfigMap/{name}",
                    index < s.Live.Confirmed!.Rules.Length && index < s.DesiredFiles!.Rules.Length,
                    s.Live.RuleDigests[index],
                    RevertedObject.Rules(s.Desired, s.Live, index),
                    view.ConfigMaps.Find(s.Desired.Cluster.Namespace, name),
                    map => map.Data is { } data ? data.Select(entry => (entry.Key, entry.Value)) : [],
                    map => new V1ConfigMap
                    {
                        ApiVersion = "v1",
                        Kind = "ConfigMap",
                        Metadata = map.Metadata,
                    }
                )
            )
            {
                yield return fact;
            }
        }
    }

    /// <param name="expected">It has to be there.</param>
    /// <param name="digest">That it bears; null where it does not exist.</param>
    /// <param name="written">As it was written; null where that is not known any more.</param>
    /// <param name="bare">The object without its content.</param>
    private static IEnumerable<DriftFact> Content<T>(
        string target,
        bool expected,
        string? digest,
        T? written,
        T? live,
        Func<T, IEnumerable<(string Key, string Text)>> content,
        Func<T, T> bare
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (digest is null || live is null)
        {
            return expected ? [ObjectDrift.Missing(target, "written again")] : [];
        }

        if (written is null)
        {
            return [];
        }

        var (was, now) = (Digest(content(written)), Digest(content(live)));
        ImmutableArray<DriftFact> facts =
        [
            .. ObjectDrift.Compare(bare(written), bare(live)),
            .. was == now
                ? Array.Empty<DriftFact>()
                :
                [
                    new(
                        target,
                        "data",
                        DriftClass.Drift,
                        was,
                        now,
                        new FieldOwners(live.Metadata).Other(FieldPath.Root.Below("data")),
                        Reverts: true,
                        "reverted"
                    ),
                ],
        ];
        return facts.Where(fact => fact is not { Class: DriftClass.Foreign, Path: "data" });
    }

    private static string Digest(IEnumerable<(string Key, string Text)> content) =>
        Digests.Of(content.OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => new[] { entry.Key, entry.Text }));

    /// <summary>What each process says of itself; while something is on its way that is the plan's to tell.</summary>
    private static IEnumerable<DriftFact> Processes(PrometheusComparison s)
    {
        var version = PrometheusRendering.VersionOf(s.Desired);
        foreach (
            var (shard, replica) in s.Running.SelectMany(shard =>
                shard.Replicas.Where(replica => replica.Server is not null).Select(replica => (shard, replica))
            )
        )
        {
            // Builds of distributions add to the number.
            if (PrometheusVersion.TryParse(replica.Server!.Version, out var runs) && runs.CompareTo(version) != 0)
            {
                yield return new(
                    "prometheus/replicas",
                    $"{s.Replica(shard, replica)}.version",
                    DriftClass.Domain,
                    version.ToString(),
                    replica.Server.Version,
                    null,
                    false,
                    "the replicas are restarted with it, one of a shard after the other"
                );
            }

            if (s.Published == s.Live.Confirmed!.Digest && replica.Server.Ready && !s.RunsPublished(shard, replica))
            {
                yield return new(
                    "prometheus/replicas",
                    $"{s.Replica(shard, replica)}.configuration",
                    DriftClass.Domain,
                    shard.ConfigurationDigest,
                    replica.Server.ConfigurationDigest ?? "one that is not from here",
                    null,
                    false,
                    "it is told to load what is published"
                );
            }
        }
    }
}
