using System.Text;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Drift.Cache;

namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <summary>
/// What a process says of its configuration, which may quote it, without the secrets of every configuration that it may be about.
/// </summary>
internal static class ProcessWords
{
    public static string Mask(string words, KubernetesView view, PrometheusDesired desired, PrometheusLive live, int shard)
    {
        string?[] texts =
        [
            Published(view, desired, shard),
            live.Confirmed?.Shards.ElementAtOrDefault(shard)?.Text,
            live.Rendered.Files?.Shards.ElementAtOrDefault(shard)?.Text,
        ];
        return texts.OfType<string>().DefaultIfEmpty("").Distinct().Aggregate(words, ConfigurationSecrets.MaskIn);
    }

    /// <summary>The same for all that the containers of a Prometheus have said.</summary>
    public static PrometheusLive Mask(PrometheusLive live, KubernetesView view, PrometheusDesired desired)
    {
        return live with
        {
            Shards =
            [
                .. live.Shards.Select(shard =>
                    shard.Replicas.All(replica => replica is { NotReadyReason: null, StartError: null })
                        ? shard
                        : shard with
                        {
                            Replicas =
                            [
                                .. shard.Replicas.Select(replica =>
                                    replica with
                                    {
                                        NotReadyReason = Masked(replica.NotReadyReason, shard),
                                        StartError = Masked(replica.StartError, shard),
                                    }
                                ),
                            ],
                        }
                ),
            ],
        };

        string? Masked(string? words, ShardLive shard) => words is null ? null : Mask(words, view, desired, live, shard.Index);
    }

    /// <summary>As it lies in Kubernetes; null where it does not.</summary>
    private static string? Published(KubernetesView view, PrometheusDesired desired, int shard)
    {
        var secret = view.Secrets?.Find(desired.Cluster.Namespace, new PrometheusNames(desired.Cluster).Configuration(shard));
        return secret?.Data is { } data && data.TryGetValue(PrometheusNames.ConfigurationKey, out var text)
            ? Encoding.UTF8.GetString(text)
            : null;
    }
}
