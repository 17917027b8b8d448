using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>
    /// A shard's StatefulSet is gone and its pods run on, for one that Kubernetes does not let it be changed into: recreated, it takes the
    /// same pods and claims.
    /// </summary>
    public sealed record OrphanStatefulSet(int Shard, string Uid) : PrometheusStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = Names(before).Shard(Shard),
                Sentence = $"delete StatefulSet {Names(before).Shard(Shard)} and leave its pods and volumes, to recreate it around them",
                ClientImpact = "none: its pods run on",
                Risk = RiskClass.None,
                Undo = "make the StatefulSet from before",
                IsMinor = false,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken)
        {
            await execution.Objects.DeleteAsync(
                execution.Objects.Kinds.StatefulSets,
                execution.Key(execution.Names.Shard(Shard)),
                execution.Desired.Owner,
                Uid,
                cancellationToken,
                leaveDependents: true
            );
            return Done;
        }

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) =>
            PrometheusModel.With(live, Shard, shard => shard with { Set = null });
    }
}
