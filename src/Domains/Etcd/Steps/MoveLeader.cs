using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>MoveLeader, asked of the leader itself.</summary>
    public sealed record MoveLeader(int FromIndex, ulong FromId, int ToIndex, ulong ToId) : EtcdStep, IGatedStep
    {
        int? IGatedStep.Subject => FromIndex;

        GatedEffect IGatedStep.Effect => GatedEffect.MovesLeader;

        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = Names(before).Member(FromIndex),
                Sentence = $"move leadership from {Names(before).Member(FromIndex)} to {Names(before).Member(ToIndex)}",
                ClientImpact = "writes wait for the hand-over, usually well under a second",
                Risk = RiskClass.Availability,
                Undo = "leadership moves again",
                IsMinor = false,
                IsDisruptive = true,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            execution.EnsureFresh();
            await execution.Endpoint(FromIndex).MoveLeaderAsync(ToId, cancellationToken);
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) => EtcdModel.Lead(live, ToId) with { Settled = false };
    }
}
