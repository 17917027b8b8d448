using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>Rewrite the boot ConfigMap to state <c>existing</c> and the member alone.</summary>
    public sealed record SealMember(int Index) : EtcdStep
    {
        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = Names(before).Member(Index),
                Sentence = $"seal {Names(before).Member(Index)}: from now on it starts only with its data",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "the former objects are applied again",
                IsMinor = true,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            await execution.SealAsync(Index, cancellationToken);
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            EtcdModel.Change(live, Index, member => member with { Boot = EtcdModel.Sealed(live, Index) });
    }
}
