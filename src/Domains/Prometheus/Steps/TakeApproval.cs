using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>
    /// It is written down which effects on data are approved from now on, or that an approval has been carried out.
    /// </summary>
    /// <param name="Digest">Of what is approved; null where it is over.</param>
    public sealed record TakeApproval(ApprovalLive Approval, string? Digest) : PrometheusStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = before.Cluster.Name,
                Sentence = Digest is { } digest ? $"take up approval {digest}" : "note that the approval has been carried out",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "write it again",
                IsMinor = true,
                IsDisruptive = false,
            };

        internal override Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken) =>
            execution.RememberAsync(execution.Live with { Approval = Approval }, cancellationToken);

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) => live with { Approval = Approval };
    }
}
