using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>Boot ConfigMap with state <c>existing</c> and these members, then the StatefulSet: the first start of a learner.</summary>
    public sealed record StartMember(int Index, ImmutableArray<MemberEntry> InitialCluster) : EtcdStep
    {
        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Add,
                Subject = Names(before).Member(Index),
                Sentence = $"start {Names(before).Member(Index)}",
                ClientImpact = "none",
                Risk = RiskClass.None,
                Undo = "the former objects are applied again",
                IsMinor = true,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            await execution.StartAsync(
                Index,
                EtcdRendering.JoiningBoot(execution.Desired, Index, InitialCluster, execution.Incarnation),
                cancellationToken
            );
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            model.Start(live, Index, string.Join(',', InitialCluster.Select(entry => entry.PeerUrl)));
    }
}
