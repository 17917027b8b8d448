using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>
    /// Restores the sealed boot ConfigMap and StatefulSet of a member that has run before. The boot goes first, sealed: the member must
    /// never start from anything else.
    /// </summary>
    public sealed record RestoreMember(int Index, bool VoterRole) : EtcdStep
    {
        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = Names(before).Member(Index),
                Sentence = $"restore the objects of {Names(before).Member(Index)}; its data is kept",
                ClientImpact = "none beyond the member's absence",
                Risk = RiskClass.None,
                Undo = "the former objects are applied again",
                IsMinor = false,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            await execution.SealAsync(Index, cancellationToken);

            // One that exists is left as it is: what is desired of it may have changed, and restoring is not updating.
            if (execution.Member(Index)?.StatefulSet is null)
            {
                await execution.Objects.ApplyAsync(
                    execution.Objects.Kinds.StatefulSets,
                    EtcdRendering.StatefulSet(execution.Desired, Index, VoterRole),
                    cancellationToken
                );
            }

            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            EtcdModel.Change(
                live,
                Index,
                member =>
                    member with
                    {
                        Boot = EtcdModel.Sealed(live, Index),
                        StatefulSet = member.StatefulSet ?? model.Set(live, Index, VoterRole),
                    }
            );
    }
}
