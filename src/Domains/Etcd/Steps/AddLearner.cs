using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>
    /// MemberAdd as a learner at the index's peer URL. The list is read again first: an add that was sent before the operator was stopped
    /// is found by its peer URL and not sent twice. etcd itself refuses a second member at the same URL, should two operators ever get here
    /// at once.
    /// </summary>
    public sealed record AddLearner(int Index) : EtcdStep, IGatedStep
    {
        int? IGatedStep.Subject => Index;

        GatedEffect IGatedStep.Effect => GatedEffect.AddsLearner;

        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Add,
                Subject = Names(before).Member(Index),
                Sentence = $"add member {Names(before).Member(Index)} as a learner",
                ClientImpact = "none",
                Risk = RiskClass.None,
                Undo = "the learner is removed",
                IsMinor = false,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            if (execution.Voter() is not { } voter)
            {
                return NoVoter;
            }

            var peerUrl = execution.Names.PeerUrl(Index);
            var list = await voter.MembershipAsync(cancellationToken);
            if (list.Entries.Any(entry => entry.PeerUrl == peerUrl))
            {
                return Done;
            }

            execution.EnsureFresh();
            await voter.AddLearnerAsync(peerUrl, cancellationToken);
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            EtcdModel.List(live, new MemberEntry(EtcdModel.NewMemberId(Index), "", EtcdModel.Names(live).PeerUrl(Index), IsLearner: true));
    }
}
