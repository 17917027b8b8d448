using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>It is written down that every pod runs these files, and that all that git asks for is so.</summary>
    public sealed record Confirm(PrometheusFiles Files) : PrometheusStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = before.Cluster.Name,
                Sentence = $"note that configuration {Files.Digest} is at work everywhere",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "write it again",
                IsMinor = true,
                IsDisruptive = false,
            };

        internal override Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken) =>
            execution.RememberAsync(With(execution.Live, PrometheusRendering.DesiredHash(execution.Desired)), cancellationToken);

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) =>
            With(live, model.Hashes.Desired(model.Desired));

        private PrometheusLive With(PrometheusLive live, string reached) =>
            live with
            {
                Confirmed = Files,
                Rejected = null,
                Held = null,
                Reached = reached,
            };
    }
}
