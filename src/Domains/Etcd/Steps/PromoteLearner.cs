using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>MemberPromote. etcd itself refuses a learner that has not caught up.</summary>
    public sealed record PromoteLearner(int Index, ulong MemberId) : EtcdStep, IGatedStep
    {
        int? IGatedStep.Subject => Index;

        GatedEffect IGatedStep.Effect => GatedEffect.Promotes;

        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = Names(before).Member(Index),
                Sentence = $"promote {Names(before).Member(Index)} to voter",
                ClientImpact = "none",
                Risk = RiskClass.Availability,
                Undo = "the member is removed",
                IsMinor = false,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            if (execution.Voter() is not { } voter)
            {
                return NoVoter;
            }

            execution.EnsureFresh();
            await voter.PromoteAsync(MemberId, cancellationToken);
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            live.Members.FirstOrDefault(member => member.Entry?.Id == MemberId) is not { Entry: { } entry } learner
                ? live
                : EtcdModel.Change(
                    EtcdModel.List(live, entry with { IsLearner = false }),
                    learner.Index,
                    member =>
                        member.Endpoint is EndpointLive.Reachable { Status: var status }
                            ? member with
                            {
                                Endpoint = new EndpointLive.Reachable(status with { IsLearner = false, LinearizableRead = true }),
                                Pod = member.Pod is { Terminating: false } pod ? pod with { Ready = true } : member.Pod,
                            }
                            : member
                );
    }
}
