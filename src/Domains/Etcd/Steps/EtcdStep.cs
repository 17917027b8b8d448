using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;

namespace GitOpsOperator.Domains.Etcd.Steps;

/// <summary>One thing to do to a cluster. A step is data: the executor holds the clients, and the model says what follows.</summary>
public abstract record EtcdStep
{
    /// <summary>Create or replace the record, by compare-and-swap on the version observed.</summary>
    /// <param name="Why">What the new record says that the old one did not.</param>
    public sealed record WriteRecord(EtcdRecord Record, string Why) : EtcdStep;

    /// <summary>Apply the Services and the disruption budget.</summary>
    /// <param name="MinAvailable">How many voters the budget keeps; null where the API server has no budgets, and none is applied.</param>
    public sealed record ApplyShared(int? MinAvailable) : EtcdStep;

    /// <summary>Delete the clients' Service and the disruption budget of a cluster that is deleted, or at last the peers' Service.</summary>
    public sealed record DeleteShared(bool Peers) : EtcdStep;

    /// <summary>Boot ConfigMap with state <c>new</c> and the seed alone, then its StatefulSet.</summary>
    public sealed record StartSeed(int Index) : EtcdStep;

    /// <summary>MemberAdd as a learner at the index's peer URL.</summary>
    public sealed record AddLearner(int Index) : EtcdStep;

    /// <summary>Boot ConfigMap with state <c>existing</c> and these members, then the StatefulSet: the first start of a learner.</summary>
    public sealed record StartMember(int Index, ImmutableArray<MemberEntry> InitialCluster) : EtcdStep;

    /// <summary>Rewrite the boot ConfigMap to state <c>existing</c> and the member alone.</summary>
    public sealed record SealMember(int Index) : EtcdStep;

    /// <summary>Put back the sealed boot ConfigMap and StatefulSet of a member that has run before.</summary>
    public sealed record RestoreMember(int Index, bool VoterRole) : EtcdStep;

    public sealed record PromoteLearner(int Index, ulong MemberId) : EtcdStep;

    /// <summary>Give pod and template the voter label, so that the client Service and the budget select it.</summary>
    public sealed record AdmitVoter(int Index) : EtcdStep;

    /// <summary>Take the voter label away from pod and template, so that no new client is sent to it.</summary>
    public sealed record WithdrawVoter(int Index) : EtcdStep;

    /// <summary>Apply an object anew over what somebody has changed of it: fields of ours are taken back, those of others stay.</summary>
    /// <param name="Target">Kind and name, as in <see cref="GitOpsOperator.Drift.Ledger.DriftFact.Target"/>.</param>
    /// <param name="Index">Of the member that it belongs to; null for a shared object.</param>
    public sealed record PutBack(string Target, int? Index, int? MinAvailable) : EtcdStep;

    /// <summary>MemberRemove of a member at an address that is none of ours and that has never started.</summary>
    public sealed record RemoveStranger(ulong MemberId, string PeerUrl) : EtcdStep;

    /// <summary>
    /// Apply the member's StatefulSet as git says and take its pod down, whose successor is made from that; the member keeps its data.
    /// </summary>
    /// <param name="From">The version that the member runs, as it says itself; null where it does not answer.</param>
    /// <param name="NoReturn">It is the last member of an older minor: once it runs, the cluster's version rises, and no old version starts again.</param>
    public sealed record UpdateMember(int Index, EtcdVersion? From, EtcdVersion To, bool NoReturn) : EtcdStep;

    /// <summary>Start the pod that saves a snapshot on the claim of snapshots and verifies it, with the tools of an image.</summary>
    /// <param name="Index">The member that it is taken from.</param>
    /// <param name="Of">The version of that member.</param>
    public sealed record TakeSnapshot(string File, int Index, EtcdVersion Of, string Image) : EtcdStep;

    /// <summary>Delete the pod that took a snapshot. The file stays.</summary>
    public sealed record EndSnapshot(string PodUid) : EtcdStep;

    public sealed record MoveLeader(int FromIndex, ulong FromId, int ToIndex, ulong ToId) : EtcdStep;

    /// <summary>MemberRemove. The pod is stopped only after it.</summary>
    public sealed record RemoveMember(int Index, ulong MemberId) : EtcdStep;

    /// <summary>Delete StatefulSet (foreground, UID precondition) and boot ConfigMap of a member that etcd no longer lists, or of a cluster that is deleted.</summary>
    public sealed record DeleteMember(int Index, string? StatefulSetUid) : EtcdStep;

    /// <summary>Delete the claim of a member that etcd no longer lists, or of a cluster that is deleted, and whose pod has ended.</summary>
    public sealed record DeleteClaim(int Index, string ClaimUid) : EtcdStep;
}
