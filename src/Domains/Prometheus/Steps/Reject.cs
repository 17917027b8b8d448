using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>It is written down that a running Prometheus has refused the files.</summary>
    public sealed record Reject(RejectedFiles Rejected) : PrometheusStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = before.Cluster.Name,
                Sentence = $"note that configuration {Rejected.Digest} is refused: {Rejected.Error}",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "write it again",
                IsMinor = true,
                IsDisruptive = false,
            };

        internal override Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken) =>
            execution.RememberAsync(execution.Live with { Rejected = Rejected }, cancellationToken);

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) => live with { Rejected = Rejected };
    }
}
