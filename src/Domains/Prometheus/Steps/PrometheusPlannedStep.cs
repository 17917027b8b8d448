using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Reconcile.Plans;

namespace GitOpsOperator.Domains.Prometheus.Steps;

/// <summary>A step in the words and figures of a plan.</summary>
internal static class PrometheusPlannedStep
{
    public static PlannedStep Of(PrometheusDesired desired, PrometheusStep step, PrometheusLive before, PrometheusLive after)
    {
        var names = new PrometheusNames(desired.Cluster);
        var (symbol, subject, impact, risk, back, minor) = step switch
        {
            PrometheusStep.ApplyShard { IsNew: true } apply => (
                '+',
                names.Shard(apply.Shard),
                "none; its replicas begin without history",
                RiskClass.None,
                "remove the shard",
                false
            ),
            PrometheusStep.ApplyShard apply => (
                '~',
                names.Shard(apply.Shard),
                "",
                RiskClass.None,
                "apply the StatefulSet from before",
                false
            ),
            PrometheusStep.GrowClaim grow => (
                '~',
                names.Pod(grow.Shard, grow.Ordinal),
                "none: it is enlarged while it is in use, where its class can do that",
                RiskClass.None,
                "none: volumes do not shrink",
                false
            ),
            PrometheusStep.Unwrap unwrap => (
                '~',
                names.Shard(unwrap.Shard),
                "none: its pods run on",
                RiskClass.None,
                "make the StatefulSet from before",
                false
            ),
            PrometheusStep.PutBack put => ('~', put.Target, "none", RiskClass.None, "the change is made again", false),
            PrometheusStep.Publish { Reason: PublishReason.RollBack } => (
                '~',
                desired.Cluster.Name,
                "none",
                RiskClass.None,
                "publish it again",
                false
            ),
            PrometheusStep.Publish => (
                '~',
                desired.Cluster.Name,
                "",
                RiskClass.None,
                "put the configuration back that was last at work",
                true
            ),
            PrometheusStep.Reload reload => (
                '~',
                names.Pod(reload.Shard, reload.Ordinal),
                "none: nothing is restarted",
                RiskClass.None,
                "put the configuration back that was last at work",
                false
            ),
            PrometheusStep.RestartReplica restart => (
                '~',
                names.Pod(restart.Shard, restart.Ordinal),
                Gap(before, restart),
                RiskClass.Availability,
                "restart it with the template from before",
                false
            ),
            _ => ('~', desired.Cluster.Name, "", RiskClass.None, "write it again", true),
        };
        return new(
            symbol,
            step.GetType().Name,
            subject,
            PrometheusStepText.Sentence(step, names),
            [
                new("shards", Shards(before), Shards(after)),
                new("replicas", Replicas(before), Replicas(after)),
                new("serving", Serving(before), Serving(after)),
            ],
            impact,
            risk,
            back,
            minor
        );
    }

    private static string Gap(PrometheusLive live, PrometheusStep.RestartReplica step) =>
        live.Shard(step.Shard)!.Replicas.Length > 1
            ? "none while the other replicas of the shard scrape; its own series have a gap"
            : "a gap: this is the only replica of its shard, and nothing is scraped until it is back";

    private static int Shards(PrometheusLive live) => live.Shards.Count(shard => shard.Set is not null);

    private static int Replicas(PrometheusLive live) => live.Shards.Sum(shard => shard.Set?.Replicas ?? 0);

    private static int Serving(PrometheusLive live) => live.Shards.Sum(shard => shard.Replicas.Count(PrometheusSituation.Serves));
}
