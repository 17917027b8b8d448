using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Prometheus.Steps;

public abstract partial record PrometheusStep
{
    /// <summary>An object that somebody has changed is as desired again.</summary>
    /// <param name="Target">As drift names it: <c>StatefulSet/prometheus-main</c>.</param>
    public sealed record RevertDrift(string Target) : PrometheusStep, IRevertStep
    {
        public override StepDescription Describe(PrometheusLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = Target,
                Sentence = $"put {Target} back to what git says",
                ClientImpact = "none",
                Risk = RiskClass.None,
                Undo = "the change is made again",
                IsMinor = false,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(PrometheusExecution execution, CancellationToken cancellationToken)
        {
            if (RevertedObject.Render(execution.Desired, execution.Live, Target) is not { } rendered)
            {
                return new StepOutcome.NotYet($"{Target} is not there any more");
            }

            await execution.Objects.RevertAsync(rendered, execution.Live.Drifts, execution.Desired.Owner, cancellationToken);
            return Done;
        }

        internal override PrometheusLive ApplyTo(PrometheusLive live, PrometheusModel model) =>
            live with
            {
                Drifts = live.Drifts.RemoveAll(fact => fact.Target == Target),
            };
    }
}
