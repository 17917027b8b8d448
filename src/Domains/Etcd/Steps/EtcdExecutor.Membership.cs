using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Live.Access;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public sealed partial class EtcdExecutor
{
    /// <summary>
    /// The list is read again first: an add that was sent before the operator was stopped is found by its peer URL and not sent twice.
    /// etcd itself refuses a second member at the same URL, should two operators ever get here at once.
    /// </summary>
    private async Task<StepOutcome> AddLearnerAsync(Work work, EtcdStep.AddLearner step, CancellationToken cancellationToken)
    {
        if (Voter(work) is not { } voter)
        {
            return NoVoter;
        }

        var peerUrl = work.Names.PeerUrl(step.Index);
        var list = await voter.MembershipAsync(cancellationToken);
        if (list.Entries.Any(entry => entry.PeerUrl == peerUrl))
        {
            return Done;
        }

        EnsureFresh(work);
        await voter.AddLearnerAsync(peerUrl, cancellationToken);
        return Done;
    }

    private async Task<StepOutcome> PromoteLearnerAsync(Work work, EtcdStep.PromoteLearner step, CancellationToken cancellationToken)
    {
        if (Voter(work) is not { } voter)
        {
            return NoVoter;
        }

        EnsureFresh(work);
        await voter.PromoteAsync(step.MemberId, cancellationToken);
        return Done;
    }

    private async Task<StepOutcome> MoveLeaderAsync(Work work, EtcdStep.MoveLeader step, CancellationToken cancellationToken)
    {
        EnsureFresh(work);
        await endpoints.At(work.Names.ClientUrl(step.FromIndex)).MoveLeaderAsync(step.ToId, cancellationToken);
        return Done;
    }

    private async Task<StepOutcome> RemoveMemberAsync(Work work, EtcdStep.RemoveMember step, CancellationToken cancellationToken)
    {
        // Asked of another member where there is one: the victim answers no more once it is out.
        if (Voter(work, except: step.Index) is not { } voter)
        {
            return NoVoter;
        }

        var list = await voter.MembershipAsync(cancellationToken);
        if (list.Entries.FirstOrDefault(entry => entry.Id == step.MemberId) is not { } victim)
        {
            return Done;
        }

        return victim.PeerUrl == work.Names.PeerUrl(step.Index)
            ? await RemoveAsync(work, voter, step.MemberId, cancellationToken)
            : new StepOutcome.NotYet(
                $"member {step.MemberId:x} is at {victim.PeerUrl}, not at {work.Names.PeerUrl(step.Index)}, so it is not the one that was meant"
            );
    }

    private async Task<StepOutcome> RemoveStrangerAsync(Work work, EtcdStep.RemoveStranger step, CancellationToken cancellationToken)
    {
        if (Voter(work) is not { } voter)
        {
            return NoVoter;
        }

        var list = await voter.MembershipAsync(cancellationToken);
        return list.Entries.FirstOrDefault(entry => entry.Id == step.MemberId) switch
        {
            null => Done,
            { Started: true } => new StepOutcome.NotYet($"the member at {step.PeerUrl} has started meanwhile"),
            _ => await RemoveAsync(work, voter, step.MemberId, cancellationToken),
        };
    }

    private async Task<StepOutcome> RemoveAsync(Work work, EtcdEndpoint voter, ulong memberId, CancellationToken cancellationToken)
    {
        EnsureFresh(work);
        try
        {
            await voter.RemoveAsync(memberId, cancellationToken);
        }
        catch (EtcdCallException e) when (e.Failure == EtcdFailure.NotFound)
        {
            return Done;
        }

        return Done;
    }

    private static StepOutcome NoVoter => new StepOutcome.NotYet("no voter answers a linearizable read, so etcd takes no change");

    /// <summary>A voter that could read through quorum at the last look, the leader first.</summary>
    private EtcdEndpoint? Voter(Work work, int? except = null) =>
        work
            .Live.Members.Where(member =>
                member.Index != except && member.Endpoint is EndpointLive.Reachable { Status.LinearizableRead: true }
            )
            .OrderByDescending(member =>
                member.Endpoint is EndpointLive.Reachable { Status: var status } && status.LeaderId == status.MemberId
            )
            .ThenBy(member => member.Index)
            .Select(member => endpoints.At(work.Names.ClientUrl(member.Index)))
            .FirstOrDefault();
}
