using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>It is written down that a change is held back, so that it stays so when the operator is started anew.</summary>
    public sealed record HoldBack(HeldPrometheusChange Held) : PrometheusStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = before.Cluster.Name,
                Sentence = $"hold the change back that was shown in {Held.Reviewed.ReviewedIn}",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "write it again",
                IsMinor = true,
                IsDisruptive = false,
            };

        internal override Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken) =>
            execution.RememberAsync(execution.Live with { Held = Held }, cancellationToken);

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) => live with { Held = Held };
    }
}
