using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>The governing Service is as rendered.</summary>
    public sealed record ApplyService : PrometheusStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = before.Cluster.Name,
                Sentence = $"apply Service {PrometheusNames.GoverningService}",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "write it again",
                IsMinor = true,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken)
        {
            await execution.Objects.ApplyAsync(
                execution.Objects.Kinds.Services,
                PrometheusRendering.GoverningService(execution.Desired),
                cancellationToken
            );
            return Done;
        }

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) =>
            live with
            {
                ServiceHash = model.Hashes.Service(model.Desired),
            };
    }
}
