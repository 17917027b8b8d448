using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>Boot ConfigMap with state <c>new</c> and the seed alone, then its StatefulSet.</summary>
    public sealed record StartSeed(int Index) : EtcdStep
    {
        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Add,
                Subject = Names(before).Member(Index),
                Sentence = $"start {Names(before).Member(Index)} as the seed of a new cluster",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "the former objects are applied again",
                IsMinor = false,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            await execution.StartAsync(
                Index,
                EtcdRendering.NewClusterBoot(execution.Desired, Index, execution.Incarnation),
                cancellationToken
            );
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            model.Start(live, Index, EtcdModel.Names(live).PeerUrl(Index));
    }
}
