using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Steps;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Steps;

public sealed partial class EtcdExecutor
{
    private async Task<StepOutcome> ApplySharedAsync(Work work, EtcdStep.ApplyShared step, CancellationToken cancellationToken)
    {
        await _objects.ApplyAsync(_objects.Services, EtcdRendering.PeerService(work.Desired), cancellationToken);
        await _objects.ApplyAsync(_objects.Services, EtcdRendering.ClientService(work.Desired), cancellationToken);
        if (step.MinAvailable is { } least)
        {
            await _objects.ApplyAsync(_objects.DisruptionBudgets, EtcdRendering.DisruptionBudget(work.Desired, least), cancellationToken);
        }

        return Done;
    }

    private async Task<StepOutcome> DeleteSharedAsync(Work work, EtcdStep.DeleteShared step, CancellationToken cancellationToken)
    {
        if (step.Peers)
        {
            await _objects.DeleteAsync(_objects.Services, work.Key(work.Names.PeerService), work.Owner, null, cancellationToken);
            return Done;
        }

        await _objects.DeleteAsync(_objects.Services, work.Key(work.Names.ClientService), work.Owner, null, cancellationToken);
        if (work.Live.ServesDisruptionBudgets)
        {
            await _objects.DeleteAsync(
                _objects.DisruptionBudgets,
                work.Key(work.Names.DisruptionBudget),
                work.Owner,
                null,
                cancellationToken
            );
        }

        return Done;
    }

    private async Task<StepOutcome> StartSeedAsync(Work work, EtcdStep.StartSeed step, CancellationToken cancellationToken)
    {
        EnsureFresh(work);
        await _objects.ApplyAsync(
            _objects.ConfigMaps,
            EtcdRendering.NewClusterBoot(work.Desired, step.Index, work.Incarnation),
            cancellationToken
        );
        await _objects.ApplyAsync(
            _objects.StatefulSets,
            EtcdRendering.StatefulSet(work.Desired, step.Index, voter: false),
            cancellationToken
        );
        return Done;
    }

    private async Task<StepOutcome> StartMemberAsync(Work work, EtcdStep.StartMember step, CancellationToken cancellationToken)
    {
        EnsureFresh(work);
        await _objects.ApplyAsync(
            _objects.ConfigMaps,
            EtcdRendering.JoiningBoot(work.Desired, step.Index, step.InitialCluster, work.Incarnation),
            cancellationToken
        );
        await _objects.ApplyAsync(
            _objects.StatefulSets,
            EtcdRendering.StatefulSet(work.Desired, step.Index, voter: false),
            cancellationToken
        );
        return Done;
    }

    private async Task<StepOutcome> SealMemberAsync(Work work, EtcdStep.SealMember step, CancellationToken cancellationToken)
    {
        await _objects.ApplyAsync(
            _objects.ConfigMaps,
            EtcdRendering.SealedBoot(work.Desired, step.Index, work.Incarnation),
            cancellationToken
        );
        return Done;
    }

    /// <summary>The boot first, sealed: the member must never start from anything else.</summary>
    private async Task<StepOutcome> RestoreMemberAsync(Work work, EtcdStep.RestoreMember step, CancellationToken cancellationToken)
    {
        await _objects.ApplyAsync(
            _objects.ConfigMaps,
            EtcdRendering.SealedBoot(work.Desired, step.Index, work.Incarnation),
            cancellationToken
        );

        // One that exists is left as it is: what is wanted of it may have changed, and restoring is not updating.
        if (work.Member(step.Index)?.StatefulSet is null)
        {
            await _objects.ApplyAsync(
                _objects.StatefulSets,
                EtcdRendering.StatefulSet(work.Desired, step.Index, step.VoterRole),
                cancellationToken
            );
        }

        return Done;
    }

    /// <summary>
    /// The template first, then the pod that was made from an older one. A member that the cluster can spare is evicted, so that a drain
    /// that has taken another one meanwhile keeps this one running; of one or two, and of a pod that does not run, the budget has nothing to say.
    /// </summary>
    private async Task<StepOutcome> UpdateMemberAsync(Work work, EtcdStep.UpdateMember step, CancellationToken cancellationToken)
    {
        if (work.Member(step.Index) is not { StatefulSet: { } set } member)
        {
            return new StepOutcome.NotYet($"{work.Names.Member(step.Index)} has no StatefulSet");
        }

        // Elections do not wait for looks: asked again right before, since a leader is restarted only after it has handed over.
        var voters = work.Live.Membership?.Entries.Count(e => !e.IsLearner) ?? 0;
        if (
            voters > 1
            && EtcdSituation.IsHealthyVoter(member)
            && await endpoints.At(work.Names.ClientUrl(step.Index)).StatusAsync(cancellationToken) is var now
            && now.LeaderId == now.MemberId
        )
        {
            return new StepOutcome.NotYet($"{work.Names.Member(step.Index)} has become the leader meanwhile");
        }

        EnsureFresh(work);
        var rendered = EtcdRendering.StatefulSet(work.Desired, step.Index, set.VoterRole);
        await _objects.ApplyAsync(_objects.StatefulSets, rendered, cancellationToken);
        if (member.Pod is not { Terminating: false } pod || pod.SpecHash == rendered.GetAnnotation(ObjectLabels.SpecHashAnnotation))
        {
            return Done;
        }

        var key = work.Key(work.Names.Pod(step.Index));
        var spared = EtcdSituation.IsHealthyVoter(member) && work.Live.ServesDisruptionBudgets && voters > 2;
        await (
            spared
                ? _objects.EvictAsync(key, work.Owner, pod.Uid, cancellationToken)
                : _objects.DeleteAsync(_objects.Pods, key, work.Owner, pod.Uid, cancellationToken)
        );
        return Done;
    }

    /// <summary>
    /// Only the label is patched: applying the whole rendering would bring in other changes along with it. The template goes first, so
    /// that a pod made in between already follows it.
    /// </summary>
    /// <param name="role">Null takes the label away.</param>
    private async Task<StepOutcome> SetVoterRoleAsync(Work work, int index, string? role, CancellationToken cancellationToken)
    {
        var label = new Dictionary<string, string?> { [ObjectLabels.Role] = role };
        var template = new { spec = new { template = new { metadata = new { labels = label } } } };
        await _objects.PatchAsync(_objects.StatefulSets, work.Key(work.Names.Member(index)), work.Owner, template, cancellationToken);
        var pod = new { metadata = new { labels = label } };
        await _objects.PatchAsync(_objects.Pods, work.Key(work.Names.Pod(index)), work.Owner, pod, cancellationToken);
        return Done;
    }

    private async Task<StepOutcome> DeleteMemberAsync(Work work, EtcdStep.DeleteMember step, CancellationToken cancellationToken)
    {
        if (step.StatefulSetUid is { } uid)
        {
            await _objects.DeleteAsync(_objects.StatefulSets, work.Key(work.Names.Member(step.Index)), work.Owner, uid, cancellationToken);
        }

        await _objects.DeleteAsync(_objects.ConfigMaps, work.Key(work.Names.Boot(step.Index)), work.Owner, null, cancellationToken);
        return Done;
    }

    private async Task<StepOutcome> DeleteClaimAsync(Work work, EtcdStep.DeleteClaim step, CancellationToken cancellationToken)
    {
        EnsureFresh(work);
        await _objects.DeleteAsync(_objects.Claims, work.Key(work.Names.Claim(step.Index)), work.Owner, step.ClaimUid, cancellationToken);
        return Done;
    }
}
