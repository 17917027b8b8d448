using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>Apply an object anew over what somebody has changed of it: fields of ours are taken back, those of others stay.</summary>
    /// <param name="Target">Kind and name, as in <see cref="GitOpsOperator.Drift.Comparison.DriftFact.Target"/>.</param>
    /// <param name="Index">Of the member that it belongs to; null for a shared object.</param>
    public sealed record RevertDrift(string Target, int? Index, int? MinAvailable) : EtcdStep, IRevertStep
    {
        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = Target,
                Sentence = $"put {Target} back to what git says",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "the change is made again",
                IsMinor = false,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            if (RevertedObject.Render(execution.Desired, execution.Live, Target, Index, MinAvailable) is not { } rendered)
            {
                return new StepOutcome.NotYet($"{Target} is not there any more");
            }

            await execution.Objects.RevertAsync(rendered, execution.Live.Drifts, execution.Owner, cancellationToken);
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            live with
            {
                Drifts = live.Drifts.RemoveAll(fact => fact.Target == Target),
            };
    }
}
