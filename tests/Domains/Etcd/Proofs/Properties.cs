using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

/// <summary>What must hold of every step that the operator takes, judged by the truth and not by what it saw.</summary>
internal static class Properties
{
    public static IEnumerable<string> BrokenBy(World before, EtcdLive seen, EtcdStep step, World after)
    {
        // Of one or two voters none can be spared, which the plan says; the first of more must not cost the majority.
        if (before.HasQuorum && !after.HasQuorum && !(step is EtcdStep.UpdateMember && before.Voters.Length <= 2))
        {
            yield return "quorum-is-kept";
        }

        if (after.Learners.Length > 1)
        {
            yield return "one-learner-at-a-time";
        }

        if (
            step is EtcdStep.UpdateMember or EtcdStep.StartMember
            && after.Running.ToArray() is { Length: > 0 } running
            && running.Max().Minor - running.Min().Minor > 1
        )
        {
            yield return "versions-within-one-minor";
        }

        if (
            step is EtcdStep.RemoveMember removal
            && seen.Members.Any(m => m.Index == removal.Index && MemberHealth.IsHealthyVoter(m))
            && seen.Members.Any(m =>
                m.Index != removal.Index
                && m.Entry is { IsLearner: false }
                && (MemberHealth.IsWiped(m) || MemberHealth.IsSilentBeyondGrace(m))
            )
        )
        {
            yield return "the-dead-leave-before-the-healthy";
        }

        var broken = step switch
        {
            EtcdStep.PromoteLearner { Index: var i }
                when Truly(i) is not { Boot.Sealed: true, Endpoint: EndpointLive.Reachable { Status.RaftIndex: >= 900 } } =>
                "only-the-ready-are-promoted",
            EtcdStep.DeleteMember { Index: var i } when Truly(i)?.Entry is not null => "no-listed-member-is-stopped",
            EtcdStep.DeleteClaim { Index: var i } when Truly(i) is { Entry: not null } or { Pod: not null } =>
                "no-listed-member-loses-its-data",
            EtcdStep.DeleteClaim { Index: var i }
                when before.Truth.RetainedVolumes.Any(kept => kept.Index == i) && before.Up < before.Truth.Record!.Accepted!.Spec.Size =>
                "a-replaced-volume-goes-last",
            EtcdStep.DeleteClaim { Index: var i }
                when before.Truth.Record is { FailedJoins: 0, Intent: EtcdIntent.Remove { Reason: RemovalReason.Lost, Index: var gone } }
                    && gone == i => "a-replaced-volume-goes-last",
            EtcdStep.DeleteClaim { Index: var i }
                when before.Truth.Record is { FailedJoins: 0, Intent: EtcdIntent.Remove { Reason: RemovalReason.Wiped, Index: var gone } }
                    && gone == i => "a-replaced-volume-goes-last",
            EtcdStep.StartSeed when before.Truth.Record is not { ClusterId: null, Intent: EtcdIntent.Bootstrap } =>
                "new-only-before-the-id-is-latched",
            EtcdStep.StartMember { Index: var i } when Truly(i)?.Entry is not { Started: false } => "no-unsealed-start-after-the-first",
            EtcdStep.StartMember { InitialCluster: var given }
                when !given.Select(e => e.PeerUrl).Order().SequenceEqual(before.Truth.Membership!.Entries.Select(e => e.PeerUrl).Order()) =>
                "first-start-with-the-list-as-it-is",
            EtcdStep.AddToClientService { Index: var i } when Truly(i) is not { Entry.IsLearner: false, Boot.Sealed: true } =>
                "clients-only-to-sealed-voters",
            EtcdStep.AddLearner { Index: var i } when Truly(i) is not null || before.Truth.Record?.Intent != new EtcdIntent.Add(i) =>
                "an-addition-is-recorded-and-its-index-new",
            EtcdStep.WriteRecord { Record.Intent: EtcdIntent.Remove { Reason: RemovalReason.Lost, Index: var i } }
                when Truly(i) is { Entry.IsLearner: false } member && World.IsUp(member) => "none-that-runs-is-replaced",
            EtcdStep.WriteRecord { Record.Intent: EtcdIntent.Remove { Reason: RemovalReason.Lost, Index: var i } }
                when Truly(i) is { Entry.IsLearner: false, Pod.NodeNotReadyReason: not null } member
                    && !before.IsReplacementApproved(member) => "none-whose-node-may-come-back-is-replaced",
            EtcdStep.WriteRecord { Record.Intent: EtcdIntent.Remove { Reason: RemovalReason.Lost, Index: var i } }
                when Truly(i) is { Entry.IsLearner: false, Endpoint: EndpointLive.Unreachable { HeldUp: true } } member
                    && !before.IsReplacementApproved(member) => "none-that-could-not-answer-is-replaced",
            EtcdStep.WriteRecord { Record.Intent: EtcdIntent.Remove { Reason: RemovalReason.Wiped, Index: var i } }
                when Truly(i) is { Entry.IsLearner: false } member && !MemberHealth.IsWiped(member) => "only-lost-data-is-taken-for-lost",
            EtcdStep.WriteRecord { Record.Intent: EtcdIntent.Remove { Reason: RemovalReason.Departed, Index: var i } }
                when Truly(i)?.Entry is not null => "no-listed-member-is-taken-for-gone",
            EtcdStep.RemoveMember { Index: var i, MemberId: var id }
                when before.Truth.Record?.Intent is not EtcdIntent.Remove intent || intent.Index != i || intent.MemberId != id =>
                "a-removal-is-recorded",
            EtcdStep.RemoveMember { Index: var i } when Truly(i) is { Pod.VoterRole: true } => "clients-leave-before-the-member",
            EtcdStep.RemoveMember { Index: var i }
                when before.Leader?.Index == i && before.Voters.Length > 1 && seen.Members.Any(m => m.Index == i && World.IsUp(m)) =>
                "leadership-leaves-before-the-member",
            EtcdStep.UpdateMember { Index: var i } when before.Truth.Record?.Intent is not EtcdIntent.Update intent || intent.Index != i =>
                "a-restart-is-recorded",
            EtcdStep.UpdateMember { Index: var i } when before.Truth.Record is { SnapshotDue: true } => "a-snapshot-comes-first",
            EtcdStep.UpdateMember { Index: var i } when before.Leader?.Index == i && before.Voters.Length > 1 =>
                "the-leader-hands-over-first",

            // One that is down already may be restarted; nobody that is up, while another is down.
            EtcdStep.UpdateMember { Index: var i }
                when Truly(i) is { } member && Stays(member) && before.Voters.Any(v => v.Index != i && !Stays(v)) =>
                "one-restart-at-a-time",
            EtcdStep.RemoveMember { Index: var i }
                when before.Truth.Record?.Intent is EtcdIntent.Remove { Reason: RemovalReason.Lost or RemovalReason.Wiped }
                    && seen.Members.Any(m => m.Index == i && m.Entry is { IsLearner: false } && World.IsUp(m)) =>
                "one-that-answers-again-stays",
            EtcdStep.WriteRecord { Record.Intent: null }
                when before.Truth.Record is { Intent: EtcdIntent.Update { Index: var i }, Accepted.Spec.Version: var version }
                    && Truly(i) is { Pod.Terminating: true, Entry: not null, StatefulSet.Image: { } image }
                    && World.VersionOf(image) == version => "only-another-pod-is-back",
            _ => null,
        };
        if (broken is not null)
        {
            yield return broken;
        }

        static bool Stays(MemberLive member) => World.IsUp(member) && member.Pod is not { Terminating: true };

        MemberLive? Truly(int index) => before.Truth.Members.FirstOrDefault(m => m.Index == index);
    }
}
