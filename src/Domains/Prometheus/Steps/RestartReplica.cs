using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>A replica's pod is gone, for its StatefulSet to make anew.</summary>
    public sealed record RestartReplica(int Shard, int Ordinal, string PodUid) : PrometheusStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = Names(before).Pod(Shard, Ordinal),
                Sentence = $"restart {Names(before).Pod(Shard, Ordinal)}",
                ClientImpact = HasOthers(before)
                    ? "none while the other replicas of the shard scrape; its own series have a gap"
                    : "a gap: this is the only replica of its shard, and nothing is scraped until it is back",
                Risk = HasOthers(before) ? RiskClass.Availability : RiskClass.Outage,
                Undo = "restart it with the template from before",
                IsMinor = false,
                IsDisruptive = true,
            };

        internal override async Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken)
        {
            await execution.Objects.DeleteAsync(
                execution.Objects.Kinds.Pods,
                execution.Key(execution.Names.Pod(Shard, Ordinal)),
                execution.Desired.Owner,
                PodUid,
                cancellationToken
            );
            return Done;
        }

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) =>
            PrometheusModel.With(
                live,
                Shard,
                shard => shard with { Replicas = shard.Replicas.RemoveAll(replica => replica.PodUid == PodUid) }
            );

        private bool HasOthers(PrometheusLive live) => live.Shard(Shard)!.Replicas.Length > 1;
    }
}
