using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Live.Access;
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

            // Each member goes by the connections that it has itself, and may take a peer for unhealthy whose address has changed long
            // after the others have found it again. Whether a member may be added is the same question to all of them.
            EtcdCallException? refusal = null;
            foreach (var asked in execution.Voters())
            {
                execution.EnsureFresh();
                try
                {
                    await asked.AddLearnerAsync(peerUrl, cancellationToken);
                    return Done;
                }
                catch (EtcdCallException e) when (e.Failure == EtcdFailure.UnhealthyCluster)
                {
                    refusal = e;
                }
            }

            return new StepOutcome.NotYet($"no voter takes another member, since a peer does not answer it: {refusal?.Detail}");
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            EtcdModel.List(live, new MemberEntry(EtcdModel.NewMemberId(Index), "", EtcdModel.Names(live).PeerUrl(Index), IsLearner: true));
    }
}
