using GitOpsOperator.Drift.Etcd;
using GitOpsOperator.Reconcile.Etcd;

namespace GitOpsOperator.Reconcile.Tests.Etcd.Proofs;

/// <summary>What must hold of every step that the operator takes, judged by the truth and not by what it saw.</summary>
internal static class Properties
{
    public static IEnumerable<string> BrokenBy(World before, EtcdLive seen, EtcdStep step, World after)
    {
        if (before.HasQuorum && !after.HasQuorum)
        {
            yield return "quorum-is-kept";
        }

        if (after.Learners.Length > 1)
        {
            yield return "one-learner-at-a-time";
        }

        if (step is EtcdStep.RemoveMember removal && seen.Members.Any(m => m.Index == removal.Index && EtcdSituation.IsHealthyVoter(m))
            && seen.Members.Any(m => m.Index != removal.Index && m.Entry is { IsLearner: false } && (EtcdSituation.IsWiped(m) || EtcdSituation.IsSilentBeyondGrace(m))))
        {
            yield return "the-dead-leave-before-the-healthy";
        }

        var broken = step switch
        {
            EtcdStep.PromoteLearner { Index: var i } when Truly(i) is not { Boot.Sealed: true, Endpoint: EndpointLive.Reachable { Status.RaftIndex: >= 900 } } => "only-the-ready-are-promoted",
            EtcdStep.DeleteMember { Index: var i } when Truly(i)?.Entry is not null => "no-listed-member-is-stopped",
            EtcdStep.DeleteClaim { Index: var i } when Truly(i) is { Entry: not null } or { Pod: not null } => "no-listed-member-loses-its-data",
            EtcdStep.StartSeed when before.Truth.Record is not { ClusterId: null, Intent: EtcdIntent.Bootstrap } => "new-only-before-the-id-is-latched",
            EtcdStep.StartMember { Index: var i } when Truly(i)?.Entry is not { Started: false } => "no-unsealed-start-after-the-first",
            EtcdStep.StartMember { InitialCluster: var given } when !given.Select(e => e.PeerUrl).Order().SequenceEqual(before.Truth.Membership!.Entries.Select(e => e.PeerUrl).Order()) => "first-start-with-the-list-as-it-is",
            EtcdStep.AdmitVoter { Index: var i } when Truly(i) is not { Entry.IsLearner: false, Boot.Sealed: true } => "clients-only-to-sealed-voters",
            EtcdStep.AddLearner { Index: var i } when Truly(i) is not null || before.Truth.Record?.Intent != new EtcdIntent.Add(i) => "an-addition-is-recorded-and-its-index-new",
            EtcdStep.RemoveMember { Index: var i, MemberId: var id } when before.Truth.Record?.Intent is not EtcdIntent.Remove intent || intent.Index != i || intent.MemberId != id => "a-removal-is-recorded",
            EtcdStep.RemoveMember { Index: var i } when Truly(i) is { Pod.VoterRole: true } => "clients-leave-before-the-member",
            EtcdStep.RemoveMember { Index: var i } when before.Leader?.Index == i && before.Voters.Length > 1 && seen.Members.Any(m => m.Index == i && World.IsUp(m)) => "leadership-leaves-before-the-member",
            _ => null,
        };
        if (broken is not null)
        {
            yield return broken;
        }

        MemberLive? Truly(int index) => before.Truth.Members.FirstOrDefault(m => m.Index == index);
    }
}
