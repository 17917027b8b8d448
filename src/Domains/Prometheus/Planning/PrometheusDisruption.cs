using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Steps;

namespace GitOpsOperator.Domains.Prometheus.Planning;

/// <summary>Which steps of a Prometheus somebody may notice, and which come first.</summary>
internal static class PrometheusDisruption
{
    /// <summary>A replica is restarted, or some may go.</summary>
    public static bool IsDisruptive(PrometheusStep step) =>
        step is PrometheusStep.RestartReplica or PrometheusStep.ApplyShard { IsNew: false };

    /// <summary>A shard has nobody who scrapes.</summary>
    public static bool IsUrgent(PrometheusLive live) =>
        live.Shards.Any(shard => shard.Set is { Replicas: > 0 } && !shard.Replicas.Any(PrometheusSituation.Serves));
}
