using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>MemberRemove. The pod is stopped only after it.</summary>
    public sealed record RemoveMember(int Index, ulong MemberId) : EtcdStep, IGatedStep
    {
        int? IGatedStep.Subject => Index;

        GatedEffect IGatedStep.Effect => GatedEffect.Removes;

        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Remove,
                Subject = Names(before).Member(Index),
                Sentence = $"remove member {Names(before).Member(Index)}",
                ClientImpact = "none: it serves no new clients since its label was taken away; open connections to it move",
                Risk = RiskClass.Availability,
                Undo = "a new member joins under a new index; this one's data is not used again",
                IsMinor = false,
                IsDisruptive = true,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            // Asked of another member where there is one: the victim answers no more once it is out.
            if (execution.Voter(except: Index) is not { } voter)
            {
                return NoVoter;
            }

            var list = await voter.MembershipAsync(cancellationToken);
            if (list.Entries.FirstOrDefault(entry => entry.Id == MemberId) is not { } victim)
            {
                return Done;
            }

            var peerUrl = execution.Names.PeerUrl(Index);
            if (victim.PeerUrl != peerUrl)
            {
                return new StepOutcome.NotYet(
                    $"member {MemberId:x} is at {victim.PeerUrl}, not at {peerUrl}, so it is not the one that was meant"
                );
            }

            // Taken for lost on an observation that may be seconds old: a voter that answers by now has its data and stays.
            if (
                !victim.IsLearner
                && execution.Live.Record?.Intent is EtcdIntent.Remove { Reason: RemovalReason.Lost or RemovalReason.Wiped }
                && await execution.AnswersAsync(Index, cancellationToken)
            )
            {
                return new StepOutcome.NotYet($"{execution.Names.Member(Index)} answers again");
            }

            await execution.RemoveAsync(voter, MemberId, cancellationToken);
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            live.Members.FirstOrDefault(member => member.Entry?.Id == MemberId) is not { } gone
                ? live
                : EtcdModel.Change(
                    live,
                    gone.Index,
                    member => member with { Entry = null, Endpoint = new EndpointLive.Unreachable(false) }
                ) with
                {
                    Membership = live.Membership?.Without(MemberId),
                    Settled = false,
                };
    }
}
