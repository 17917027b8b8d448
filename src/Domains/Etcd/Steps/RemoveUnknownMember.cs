using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>
    /// MemberRemove of a member at an address that this cluster has not given out and that has never started. Where that address is the
    /// next, the record is written over the version that was seen: a member of the next index, added meanwhile, is none of these.
    /// </summary>
    public sealed record RemoveUnknownMember(ulong MemberId, string PeerUrl) : EtcdStep, IGatedStep
    {
        int? IGatedStep.Subject => null;

        GatedEffect IGatedStep.Effect => GatedEffect.RemovesUnknown;

        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Remove,
                Subject = PeerUrl,
                Sentence = $"remove the member at {PeerUrl}, which this cluster has not added and which has never started",
                ClientImpact = "",
                Risk = RiskClass.Availability,
                Undo = "it is added again with etcdctl; it held no data",
                IsMinor = false,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            if (execution.Voter() is not { } voter)
            {
                return NoVoter;
            }

            var list = await voter.MembershipAsync(cancellationToken);
            switch (list.Entries.FirstOrDefault(entry => entry.Id == MemberId))
            {
                case null:
                    return Done;
                case { Started: true }:
                    return new StepOutcome.NotYet($"the member at {PeerUrl} has started meanwhile");
                default:
                    if (execution.Names.IndexOfPeerUrl(PeerUrl) is not null && !await execution.IsRecordCurrentAsync(cancellationToken))
                    {
                        return new StepOutcome.NotYet("another writer has changed the record meanwhile");
                    }

                    await execution.RemoveAsync(voter, MemberId, cancellationToken);
                    return Done;
            }
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            live with
            {
                UnknownEntries = live.UnknownEntries.RemoveAll(entry => entry.Id == MemberId),
                Membership = live.Membership?.Without(MemberId),
                Settled = false,
            };
    }
}
