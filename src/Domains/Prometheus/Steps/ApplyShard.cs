using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>A shard's StatefulSet is as rendered; no pod has been restarted by it.</summary>
    public sealed record ApplyShard(int Shard, int Replicas, bool IsNew) : PrometheusStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = IsNew ? StepSymbol.Add : StepSymbol.Change,
                Subject = Names(before).Shard(Shard),
                Sentence = IsNew
                    ? $"create {Names(before).Shard(Shard)} with {Count()}"
                    : $"bring StatefulSet {Names(before).Shard(Shard)} up to date, {Count()}",
                ClientImpact = IsNew ? "none; its replicas begin without history" : "",
                Risk = RiskClass.None,
                Undo = IsNew ? "remove the shard" : "apply the StatefulSet from before",
                IsMinor = false,
                IsDisruptive = !IsNew,
            };

        internal override async Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken)
        {
            await execution.Objects.ApplyAsync(
                execution.Objects.Kinds.StatefulSets,
                PrometheusRendering.StatefulSet(execution.Desired, Shard, Replicas),
                cancellationToken
            );
            return Done;
        }

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) =>
            PrometheusModel.With(
                live,
                Shard,
                shard =>
                    shard with
                    {
                        Set = new(
                            shard.Set?.Uid ?? $"new-{shard.Index}",
                            model.Hashes.StatefulSet(model.Desired, shard.Index),
                            Replicas,
                            Terminating: false
                        )
                        {
                            TemplateHash = model.Hashes.Template(model.Desired, shard.Index),
                            ServiceName = PrometheusRendering.ServiceName(model.Desired),
                            Claim = PrometheusRendering.Claim(model.Desired),
                        },
                    }
            );

        private string Count() => $"{Replicas} {(Replicas == 1 ? "replica" : "replicas")}";
    }
}
