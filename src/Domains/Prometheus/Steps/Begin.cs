using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>
    /// It is written down that what git asked for before is not what StatefulSets are held to any more: one of them is about to be another.
    /// </summary>
    public sealed record Begin : PrometheusStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = before.Cluster.Name,
                Sentence = "note that git asks for something else than before",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "write it again",
                IsMinor = true,
                IsDisruptive = false,
            };

        internal override Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken) =>
            execution.RememberAsync(execution.Live with { Reached = null, Held = null }, cancellationToken);

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) => live with { Reached = null, Held = null };
    }
}
