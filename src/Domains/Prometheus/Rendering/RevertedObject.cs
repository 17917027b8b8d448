using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Drift.Comparison;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus.Rendering;

/// <summary>An object that somebody has changed, as it is to be again. Pure.</summary>
internal static class RevertedObject
{
    /// <summary>Null where it is not there any more, or what it was written with is not known.</summary>
    /// <param name="target">Kind and name, as in <see cref="DriftFact.Target"/>.</param>
    public static IKubernetesObject<V1ObjectMeta>? Render(PrometheusDesired desired, PrometheusLive live, string target)
    {
        var names = new PrometheusNames(desired.Cluster);
        var shards = live.Shards.Where(shard => shard.Set is not null);
        return target.Split('/') switch
        {
            ["Service", PrometheusNames.GoverningService] => PrometheusRendering.GoverningService(desired),
            ["StatefulSet", var name] when shards.FirstOrDefault(shard => names.Shard(shard.Index) == name) is { } shard =>
                PrometheusRendering.StatefulSet(desired, shard.Index, desired.Replicas),
            ["Secret", var name] when live.Shards.FirstOrDefault(shard => names.Configuration(shard.Index) == name) is { } shard =>
                Configuration(desired, live, shard),
            ["ConfigMap", var name]
                when Enumerable.Range(0, live.RuleDigests.Length).FirstOrDefault(index => names.Rules(index) == name, -1)
                    is >= 0
                        and var index => Rules(desired, live, index),
            ["Pod", var name] => shards
                .SelectMany(shard => shard.Replicas.Select(replica => (shard, replica)))
                .Where(entry => names.Pod(entry.shard.Index, entry.replica.Ordinal) == name)
                .Select(entry => ObjectDrift.PodOf(PrometheusRendering.StatefulSet(desired, entry.shard.Index, desired.Replicas), name))
                .FirstOrDefault(),
            _ => null,
        };
    }

    /// <summary>A shard's configuration as it was written; null where it is not there, or its text is not known any more.</summary>
    public static V1Secret? Configuration(PrometheusDesired desired, PrometheusLive live, ShardLive shard) =>
        shard.ConfigurationDigest is { } digest
        && Known(live).FirstOrDefault(files => files.Shards.ElementAtOrDefault(shard.Index)?.Digest == digest) is { } files
            ? PrometheusRendering.Configuration(desired, files, shard.Index)
            : null;

    /// <summary>Rules as they were written; null as above.</summary>
    public static V1ConfigMap? Rules(PrometheusDesired desired, PrometheusLive live, int index) =>
        live.RuleDigests[index] is { } digest
        && Known(live).FirstOrDefault(files => files.Rules.ElementAtOrDefault(index)?.Digest == digest) is { } files
            ? PrometheusRendering.Rules(desired, files, index)
            : null;

    /// <summary>The files whose text is at hand.</summary>
    private static IEnumerable<PrometheusFiles> Known(PrometheusLive live) =>
        new[] { live.Rendered.Files, live.Confirmed }.OfType<PrometheusFiles>();
}
