using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

/// <summary>One case for each rule: given this world, who answers and what.</summary>
public sealed class EtcdPlannerTests
{
    private static readonly Dictionary<string, Case> Worlds = new()
    {
        ["objects of someone else"] = new(
            3,
            Scene.Running(3) with
            {
                Foreign = ["Service/orders-client"],
            },
            "foreign-objects",
            "Refused foreign-objects"
        ),
        ["a record that cannot be read"] = new(
            3,
            Scene.Running(3) with
            {
                RecordFault = "not JSON",
            },
            "record-unreadable",
            "Blocked record-unreadable"
        ),
        ["another operator's record"] = new(
            3,
            Recorded(Scene.Running(3), r => r with { OwnerId = "other" }),
            "foreign-owner",
            "Refused foreign-owner"
        ),
        ["volumes without a record"] = new(
            3,
            Scene.Running(3) with
            {
                Record = null,
            },
            "leftovers-without-record",
            "Refused leftovers-without-record"
        ),
        ["nothing at all"] = new(3, Scene.Nothing, "new-cluster", "WriteRecord: a new cluster begins with orders-0 as its seed"),
        ["a record put back from long ago"] = new(
            3,
            Recorded(Scene.Running(3), r => r with { NextIndex = 2 }),
            "index-ahead-of-record",
            "Blocked index-ahead-of-record"
        ),
        ["a volume copied from elsewhere"] = new(
            3,
            Recorded(Scene.Running(3), r => r with { ClusterId = 0xbad }),
            "other-cluster-id",
            "Blocked other-cluster-id"
        ),
        ["a member that is not ours"] = new(
            3,
            Scene.Running(3) with
            {
                UnknownEntries = [new(1, "x", "http://elsewhere:2380", false)],
            },
            "unknown-members",
            "Blocked unknown-members"
        ),
        ["a deleted Service"] = new(3, Scene.Running(3) with { Shared = new(null, "client", "min 2") }, "shared-objects", "ApplyShared"),
        ["an API server without budgets"] = new(
            3,
            Scene.Running(3) with
            {
                ServesDisruptionBudgets = false,
                Shared = new("peers", "client", null),
            },
            "converged",
            "Converged"
        ),
        ["an API server that has budgets at last"] = new(
            3,
            Scene.Running(3) with
            {
                Shared = new("peers", "client", null),
            },
            "shared-objects",
            "ApplyShared"
        ),
        ["the seed alone has answered"] = new(
            3,
            Scene.Until(Scene.Desired(3), Scene.Nothing, l => l.Membership is not null),
            "bootstrap",
            "WriteRecord: orders-0 has founded cluster c1"
        ),
        ["a member has started for the first time"] = new(
            3,
            Scene.Until(Scene.Desired(3), Scene.Nothing, l => l.Record is { ClusterId: not null }),
            "seal",
            "SealMember 0"
        ),
        ["a lost StatefulSet, its volume there"] = new(
            3,
            Scene.Running(3).With(2, m => m.Silent() with { StatefulSet = null, Pod = null }),
            "restore-member",
            "RestoreMember 2"
        ),
        ["a lost boot ConfigMap"] = new(3, Scene.Running(3).With(1, m => m with { Boot = null }), "restore-member", "RestoreMember 1"),
        ["no majority, briefly"] = new(3, Blind(Scene.Running(3), beyondGrace: false), "membership-unknown", "Progress"),
        ["nobody in reach for long, and all ready"] = new(
            3,
            OutOfReach(Scene.Running(3)),
            "membership-unknown",
            "Blocked member-out-of-reach"
        ),
        ["nothing but a learner left"] = new(3, OnlyLearner() with { Settled = true }, "membership-unknown", "Blocked quorum-lost"),
        ["nothing but a learner to be seen, a moment after a change"] = new(
            3,
            OnlyLearner() with
            {
                Settled = false,
            },
            "membership-unknown",
            "Progress"
        ),
        ["no majority, for long"] = new(3, Blind(Scene.Running(3), beyondGrace: true), "membership-unknown", "Blocked quorum-lost"),
        ["a wiped member"] = new(
            3,
            Scene.Running(3).With(1, m => m.Wiped()),
            "replace-wiped",
            "WriteRecord: orders-1 has lost its data and is replaced"
        ),
        ["one of two wiped members"] = new(
            5,
            Scene.Running(5).With(1, m => m.Wiped()).With(3, m => m.Wiped()),
            "replace-wiped",
            "WriteRecord: orders-1 has lost its data and is replaced"
        ),
        ["a StatefulSet and volume gone"] = new(
            3,
            Scene.Running(3).With(1, m => m.Silent() with { StatefulSet = null, Pod = null, Claim = null }),
            "replace-wiped",
            "WriteRecord: orders-1 has lost its data and is replaced"
        ),
        ["one member silent for long"] = new(
            3,
            Scene.Running(3).With(1, m => m.Silent(beyondGrace: true)),
            "replace-lost",
            "WriteRecord: orders-1 has not answered beyond the grace period and is replaced"
        ),
        ["one member out of reach for long, and ready"] = new(
            3,
            Scene.Running(3).With(1, m => m.OutOfReach(beyondGrace: true)),
            "voters-answer",
            "Blocked member-out-of-reach"
        ),
        ["a restarted member out of reach for long, and ready"] = new(
            3,
            FailedUpdate().With(1, m => m.OutOfReach(beyondGrace: true) with { Pod = m.Pod! with { Ready = true, Fault = null } }),
            "update-failed",
            "Blocked member-out-of-reach",
            "3.5.30"
        ),
        ["one member silent for long, its node lost"] = new(
            3,
            Scene.Running(3).With(1, NodeLost),
            "voters-answer",
            "Blocked member-without-node"
        ),
        ["one member silent for long, told to end on a node that is lost"] = new(
            3,
            Scene
                .Running(3)
                .With(1, m => m.HeldUp(pod => pod with { Terminating = true, StuckOn = "node-2", WaitingReason = "its pod is ending" })),
            "voters-answer",
            "Blocked member-without-node"
        ),
        ["a restarted member whose pod takes long to end"] = new(
            3,
            FailedUpdate()
                .With(1, m => m.HeldUp(pod => pod with { Terminating = true, Fault = null, WaitingReason = "its pod is ending" })),
            "update-failed",
            "Progress",
            "3.5.30"
        ),
        ["a restarted member whose image cannot be pulled"] = new(
            3,
            FailedUpdate().With(1, m => m.HeldUp(pod => pod with { Fault = "ErrImagePull", WaitingReason = "ErrImagePull" })),
            "update-failed",
            "Blocked update-failed",
            "3.5.30"
        ),
        ["one member silent for long, its node lost, as older recordings say it"] = new(
            3,
            Scene.Running(3).With(1, m => m.Silent(true) with { Pod = m.Silent().Pod! with { NodeNotReadyReason = "its node is lost" } }),
            "voters-answer",
            "Blocked member-without-node"
        ),
        ["one member whose image cannot be pulled"] = new(
            3,
            Scene.Running(3).With(1, CannotStart),
            "voters-answer",
            "Blocked member-cannot-start"
        ),
        ["one member of which no pod is made"] = new(
            3,
            Scene.Running(3).With(1, m => m.HeldUp()),
            "voters-answer",
            "Blocked member-cannot-start"
        ),
        ["one member whose node has just come back"] = new(
            3,
            Scene.Running(3).With(1, m => m.HeldUp(pod => pod)),
            "voters-answer",
            "Progress"
        ),
        ["a newcomer whose image cannot be pulled"] = new(4, Joining(CannotStart), "addition-in-flight", "Blocked member-cannot-start"),
        ["a newcomer whose image cannot be pulled, and a voter lost"] = new(
            4,
            Joining(CannotStart).With(1, m => m.Silent(true)),
            "addition-in-flight",
            "WriteRecord: orders-3 does not run (ErrImagePull), makes way and is removed"
        ),
        ["a newcomer whose image cannot be pulled, and a newer commit"] = new(
            4,
            Joining(CannotStart),
            "addition-in-flight",
            "WriteRecord: orders-3 does not run (ErrImagePull), makes way and is removed",
            "3.5.30"
        ),
        ["a newcomer on a node that is lost"] = new(4, Joining(NodeLost), "addition-in-flight", "Blocked member-without-node"),
        ["a member to be replaced, and an operator that has just started"] = new(
            3,
            Leaves(RemovalReason.Lost, m => m.Silent()),
            "removal-in-flight",
            "Progress"
        ),
        ["a member to be replaced whose node turns out to be lost"] = new(
            3,
            Leaves(RemovalReason.Lost, NodeLost),
            "removal-in-flight",
            "WriteRecord: orders-1 cannot answer (its node node-2 is not ready) and stays"
        ),
        ["a member to be replaced that answers and serves no reads"] = new(
            3,
            Leaves(
                RemovalReason.Lost,
                m => m with { Endpoint = new EndpointLive.Reachable(MemberHealth.Status(m)! with { LinearizableRead = false }) }
            ),
            "removal-in-flight",
            "WriteRecord: orders-1 answers again and stays"
        ),
        ["a member taken for wiped that answers"] = new(
            3,
            Leaves(RemovalReason.Wiped, m => m),
            "removal-in-flight",
            "WriteRecord: orders-1 answers again and stays"
        ),
        ["a member taken for wiped that no longer says so"] = new(
            3,
            Leaves(RemovalReason.Wiped, m => m.Silent()),
            "removal-in-flight",
            "Progress"
        ),
        ["a member that is wiped"] = new(3, Leaves(RemovalReason.Wiped, m => m.Wiped()), "removal-in-flight", "RemoveFromClientService 1"),
        ["a restarted member that no node takes"] = new(
            3,
            FailedUpdate().With(1, m => m.HeldUp(pod => pod with { Fault = null, NodeNotReadyReason = "no node takes its pod" })),
            "update-failed",
            "Blocked member-without-node",
            "3.5.30"
        ),
        ["another version accepted, one on a node that is lost"] = new(
            3,
            Upgrading(Scene.Running(3)).With(2, NodeLost),
            "roll",
            "Blocked member-without-node",
            "3.5.30"
        ),
        ["more desired, one on a node that is lost"] = new(4, Accepted(4, r => r).With(2, NodeLost), "grow", "Blocked member-without-node"),
        ["fewer desired, one on a node that is lost"] = new(
            2,
            Accepted(2, r => r).With(1, NodeLost),
            "shrink",
            "WriteRecord: orders-1 leaves"
        ),
        ["one member silent for a moment"] = new(3, Scene.Running(3).With(1, m => m.Silent()), "voters-answer", "Progress"),
        ["a pod lost, its volume there"] = new(
            3,
            Scene.Running(3).With(1, m => m.Silent() with { Pod = null }),
            "voters-answer",
            "Progress"
        ),
        ["two members silent for long"] = new(
            5,
            Scene.Running(5).With(1, m => m.Silent(true)).With(2, m => m.Silent(true)),
            "voters-answer",
            "Blocked several-members-silent"
        ),
        ["a member removed with etcdctl"] = new(
            3,
            Removed(Scene.Running(3), 1),
            "departed-member",
            "WriteRecord: etcd no longer lists orders-1; what is left of it goes"
        ),
        ["a member removed with etcdctl of two"] = new(
            2,
            Removed(Scene.Running(2), 1) with
            {
                Settled = true,
            },
            "departure-unconfirmed",
            "Blocked departure-unconfirmed"
        ),
        ["a member removed with etcdctl of two, a moment ago"] = new(2, Removed(Scene.Running(2), 1), "departure-unconfirmed", "Progress"),
        ["a member that was removed answers, a moment ago"] = new(
            3,
            Alone(2, m => m) with
            {
                Settled = false,
            },
            "two-histories",
            "Progress"
        ),
        ["a member forced to be alone, and the others answer"] = new(3, Alone(2, m => m), "two-histories", "Blocked two-histories"),
        ["a member forced to be alone, and the others are silent"] = new(
            3,
            Alone(2, m => m.Silent(true)),
            "departure-unconfirmed",
            "Blocked departure-unconfirmed"
        ),
        ["a member forced to be alone, and one that was to leave is silent"] = new(
            3,
            Recorded(Alone(2, m => m.Silent(true)), r => r with { Intent = new EtcdIntent.Remove(1, 0x1001, RemovalReason.Shrink) }),
            "departure-unconfirmed",
            "Blocked departure-unconfirmed"
        ),
        ["a departure that was taken up, and is no longer confirmed"] = new(
            3,
            Recorded(Alone(2, m => m.Silent(true)), r => r with { Intent = new EtcdIntent.Remove(1, 0, RemovalReason.Departed) }),
            "departure-unconfirmed",
            "Blocked departure-unconfirmed"
        ),
        ["a member forced to be alone, and one that was joining is silent"] = new(
            2,
            Recorded(Proofs.Moves.SeenBy(Scene.Running(2), 0, m => m.Silent(true)), r => r with { Intent = new EtcdIntent.Add(1) }),
            "departure-unconfirmed",
            "Blocked departure-unconfirmed"
        ),
        ["a member forced to be alone, and one that was being restarted is silent"] = new(
            2,
            Recorded(Proofs.Moves.SeenBy(Scene.Running(2), 0, m => m.Silent()), r => r with { Intent = new EtcdIntent.Update(0) }),
            "departure-unconfirmed",
            "Blocked departure-unconfirmed"
        ),
        ["a member taken for wiped whose StatefulSet is deleted"] = new(
            3,
            Leaves(RemovalReason.Wiped, m => m.HeldUp() with { StatefulSet = null }),
            "removal-in-flight",
            "WriteRecord: orders-1 cannot answer (it has no StatefulSet) and stays"
        ),
        ["an old volume put back"] = new(
            3,
            Scene.Running(3) with
            {
                OtherLists = [new(0, Alone(0, m => m).Membership)],
            },
            "two-histories",
            "Blocked two-histories"
        ),
        ["another operator with the same id"] = new(
            3,
            Scene.Running(3) with
            {
                OtherWriter = "gitops-operator-1_abc",
            },
            "other-operator",
            "Blocked other-operator"
        ),
        ["all members on older volumes"] = new(
            3,
            Recorded(Scene.Running(3), r => r with { Reached = new(3, 2000) }),
            "older-history",
            "Blocked older-history"
        ),
        ["a record that does not know how far the cluster is"] = new(
            3,
            Recorded(Scene.Running(3), r => r with { Reached = null }),
            "position-behind",
            "WriteRecord: the members have come to index 1000"
        ),
        ["the volume of a member that was replaced"] = new(
            3,
            Recorded(Scene.Running(3), r => r with { NextIndex = 4, Retained = new([new(3, "claim-3")]) }) with
            {
                RetainedVolumes = [new(3, new("claim-3", Terminating: false))],
            },
            "release-volume",
            "DeleteClaim 3"
        ),
        ["a member that gives no list"] = new(3, Scene.Running(3) with { OtherLists = [new(0, null)] }, "converged", "Converged"),
        ["a removed member's pod, on a node that is lost"] = new(
            3,
            Leaving(pod => pod with { Terminating = true, StuckOn = "node-2" }),
            "removal-in-flight",
            "Blocked pod-does-not-end"
        ),
        ["a removed member's pod, on its way out"] = new(
            3,
            Leaving(pod => pod with { Terminating = true }),
            "removal-in-flight",
            "Progress"
        ),
        ["a label taken away by hand"] = new(
            3,
            Scene.Running(3).With(1, m => m with { Pod = m.Pod! with { VoterRole = false } }),
            "client-labels",
            "AddToClientService 1"
        ),
        ["a commit that grows"] = new(
            5,
            Scene.Running(3),
            "accept-desired",
            "WriteRecord: the document of c0ffee05 is accepted: size 3 -> 5"
        ),
        ["a commit that shrinks in the middle of an addition"] = new(
            1,
            Scene.Until(Scene.Desired(4), Scene.Running(3), l => l.Record!.Intent is EtcdIntent.Add),
            "addition-in-flight",
            "AddLearner 3"
        ),
        ["a learner that never starts"] = new(
            4,
            Scene
                .Until(Scene.Desired(4), Scene.Running(3), l => l.Members.Any(m => m is { Index: 3, Pod: not null }))
                .With(3, m => m.Silent(true)),
            "addition-in-flight",
            "WriteRecord: orders-3 never joined and is removed"
        ),
        ["three learners that never started, a while ago"] = new(
            4,
            Accepted(4, r => r with { FailedJoins = 3 }) with
            {
                JoinIsDue = true,
            },
            "grow",
            "WriteRecord: orders-3 joins"
        ),
        ["three learners that never started"] = new(4, Accepted(4, r => r with { FailedJoins = 3 }), "grow", "Blocked joins-keep-failing"),
        ["more desired"] = new(4, Accepted(4, r => r), "grow", "WriteRecord: orders-3 joins"),
        ["more desired, a moment after a change"] = new(4, Accepted(4, r => r) with { Settled = false }, "grow", "Progress"),
        ["more desired, an alarm raised"] = new(4, Alarmed(Accepted(4, r => r), 1), "grow", "Blocked no-alarm"),
        ["fewer desired"] = new(2, Accepted(2, r => r), "shrink", "WriteRecord: orders-2 leaves"),
        ["fewer desired, one silent for a moment"] = new(2, Accepted(2, r => r).With(0, m => m.Silent()), "shrink", "Progress"),
        ["another version"] = new(
            3,
            Scene.Running(3),
            "accept-desired",
            "WriteRecord: the document of c0ffee03 is accepted: version 3.5.16 -> 3.5.30",
            "3.5.30"
        ),
        ["another version, and a wiped member"] = new(
            3,
            Scene.Running(3).With(1, m => m.Wiped()),
            "replace-wiped",
            "WriteRecord: orders-1 has lost its data and is replaced",
            "3.5.30"
        ),
        ["another version accepted"] = new(3, Upgrading(Scene.Running(3)), "roll", "WriteRecord: orders-1 is restarted", "3.5.30"),
        ["another version accepted, no snapshot yet"] = new(3, Due(Upgrading(Scene.Running(3))), "roll", "TakeSnapshot 1", "3.5.30"),
        ["another version accepted, a snapshot verified"] = new(
            3,
            Due(Upgrading(Scene.Running(3)), SnapshotState.Verified),
            "roll",
            "WriteRecord: snapshot c0ffee03-before-3.5.30.db is kept on claim orders-snapshots",
            "3.5.30"
        ),
        ["another version accepted, a snapshot failed"] = new(
            3,
            Due(Upgrading(Scene.Running(3)), SnapshotState.Failed),
            "roll",
            "Blocked snapshot-failed",
            "3.5.30"
        ),
        ["the pod of a snapshot that is kept"] = new(
            3,
            Scene.Running(3) with
            {
                Snapshot = new("uid", "x", SnapshotState.Verified, Terminating: false),
            },
            "snapshot-over",
            "EndSnapshot"
        ),
        ["another version accepted, one silent for a moment"] = new(
            3,
            Upgrading(Scene.Running(3)).With(2, m => m.Silent()),
            "roll",
            "Progress",
            "3.5.30"
        ),
        ["another version accepted, two silent for long"] = new(
            5,
            Upgrading(Scene.Running(5), 5).With(1, m => m.Silent(true)).With(2, m => m.Silent(true)),
            "roll",
            "Blocked several-members-silent",
            "3.5.30"
        ),
        ["another version accepted, one lost of three"] = new(
            3,
            Upgrading(Removed(Scene.Running(3), 1)).Without(1) with
            {
                Settled = true,
            },
            "grow",
            "WriteRecord: orders-3 joins",
            "3.5.30"
        ),
        ["another version, and a member that does not say what it runs"] = new(
            3,
            Scene.Running(3).With(1, m => m.Silent()),
            "voters-answer",
            "Progress",
            "3.5.30"
        ),
        ["another version, and a member that runs no release"] = new(
            3,
            Scene.Running(3).With(1, m => Says(m, "3.5.16+own")),
            "version-unsaid",
            "Blocked version-unsaid",
            "3.5.30"
        ),
        ["a restarted member that still answers from the pod that is ending"] = new(
            3,
            Recorded(Ending(Scene.Running(3), 1), r => r with { Intent = new EtcdIntent.Update(1) }),
            "update-in-flight",
            "Progress"
        ),
        ["another version, while somebody drains a node"] = new(3, Upgrading(Ending(Scene.Running(3), 2)), "roll", "Progress", "3.5.30"),
        ["fewer desired, while somebody drains a node"] = new(1, Ending(Accepted(1, r => r), 0), "shrink", "Progress"),
        ["the member to be restarted has come to lead"] = new(
            3,
            Led(Announced(Scene.Running(3)), 1),
            "update-in-flight",
            "WriteRecord: orders-1 leads now, so its turn comes later",
            "3.5.30"
        ),
        ["the first member does not start with it"] = new(3, FailedUpdate(), "update-failed", "Blocked update-failed", "3.5.30"),
        ["the first member does not start with it, and git goes back"] = new(
            3,
            FailedUpdate(),
            "update-failed",
            "WriteRecord: the document of c0ffee03 is accepted: version 3.5.30 -> 3.5.16"
        ),
        ["a member came back with what git no longer reckoned with"] = new(
            3,
            Recorded(Scene.Running(3, version: "3.4.23"), r => r with { Accepted = Scene.Desired(3, version: "3.6.12").Source }),
            "version-out-of-reach",
            "Blocked version-jump",
            "3.6.12"
        ),
        ["a minor is left out"] = new(3, Scene.Running(3, version: "3.4.23"), "change-refused", "Refused version-jump", "3.6.12"),
        ["a minor back"] = new(3, Scene.Running(3), "change-refused", "Refused version-downgrade", "3.4.23"),
        ["a field changed by hand"] = new(
            3,
            Scene.Running(3) with
            {
                Drifts = [new("Service/orders-peers", "spec.x", DriftClass.Drift, "1", "2", null, Reverts: true, "reverted")],
            },
            "revert-drift",
            "RevertDrift"
        ),
        ["all as desired"] = new(3, Scene.Running(3), "converged", "Converged"),
    };

    public static TheoryData<string> Cases => [.. Worlds.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_right_rule_answers(string world)
    {
        var given = Worlds[world];

        var (decision, rule) = EtcdPlanner.Decide(Scene.Desired(given.Size, version: given.Version), given.Live, Scene.Hashes);

        Assert.Equal((given.Rule, given.Answer), (rule, Brief(decision)));
    }

    [Fact]
    public void Every_rule_has_a_case()
    {
        // A removal in flight, an unrecorded learner and mode report are walked through by the tests below, a reviewed change, a deletion
        // and a snapshot that was asked for by those of their own.
        var covered = Worlds
            .Values.Select(c => c.Rule)
            .Concat([
                "suspended",
                "removal-in-flight",
                "learner-without-intent",
                "report-only",
                "reached",
                "update-in-flight",
                "worse-than-reviewed",
                "never-made",
                "tombstone",
                "snapshot-asked",
                "discard-history",
                "accepted-edited",
                "record-lost",
                "cluster-lost",
            ])
            .Distinct()
            .Order();

        Assert.Equal(EtcdPlanner.RuleIds.Append("converged").Order(), covered);
    }

    [Fact]
    public void Mode_report_carries_out_what_git_says_and_then_changes_nothing()
    {
        var growing = Scene.Desired(4) with { RepositoryMode = DriftMode.Report };
        var accepted = Assert.IsType<EtcdStep.WriteRecord>(
            Assert.IsType<Decision<EtcdStep>.Act>(EtcdPlanner.Decide(growing, Scene.Running(3), Scene.Hashes).Decision).Step
        );
        Assert.True(accepted.Record.Unreached);

        var reached = Scene.Until(growing, Scene.Running(3), live => live.Record is { Unreached: false, Accepted.Spec.Size: 4 });
        Assert.Equal(4, reached.Membership!.Entries.Length);
        var deleted = reached with { Shared = new(null, null, null) };
        var (decision, rule) = EtcdPlanner.Decide(growing, deleted, Scene.Hashes);
        Assert.Equal(("report-only", "report-only"), (rule, Assert.IsType<Decision<EtcdStep>.Blocked>(decision).By.Rule));
        Assert.Equal("shared-objects", EtcdPlanner.Decide(growing with { RepositoryMode = DriftMode.Correct }, deleted, Scene.Hashes).Rule);
    }

    [Fact]
    public void A_pause_works_in_the_middle_of_a_change()
    {
        var adding = Scene.Until(Scene.Desired(4), Scene.Running(3), l => l.Record!.Intent is EtcdIntent.Add);

        Assert.Equal("Blocked suspended", Brief(Scene.Next(Scene.Desired(4, suspend: true), adding)));
    }

    [Fact]
    public void A_learner_that_nobody_remembers_is_brought_in()
    {
        var learner = Scene.Until(Scene.Desired(4), Scene.Running(3), l => l.Members.Any(m => m.Entry is { IsLearner: true }));

        Assert.Equal(
            "WriteRecord: orders-3 is listed as a learner and is brought in",
            Brief(Scene.Next(Scene.Desired(4), Recorded(learner, r => r with { Intent = null })))
        );
    }

    [Fact]
    public void A_leader_that_leaves_loses_its_clients_then_its_leadership_then_its_place()
    {
        var desired = Scene.Desired(2);
        var model = new EtcdModel(desired, Scene.Hashes);
        var live = Scene.Running(3);
        live = model.ApplyTo(live, new EtcdStep.MoveLeader(0, 0, 2, live.Members[2].Entry!.Id)) with { Settled = true };
        var steps = new List<string>();
        while (Scene.Next(desired, live) is not Decision<EtcdStep>.Converged and var decision)
        {
            steps.Add(Brief(decision));
            live = decision is Decision<EtcdStep>.Act act ? model.ApplyTo(live, act.Step) : model.Advance(live);
        }

        Assert.Equal(
            [
                "WriteRecord: the document of c0ffee02 is accepted: size 3 -> 2",
                "WriteRecord: orders-2 leaves",
                "RemoveFromClientService 2",
                "MoveLeader 2",
                "RemoveMember 2",
                "DeleteMember 2",
                "DeleteClaim 2",
                "WriteRecord: orders-2 is gone",
            ],
            steps.Where(s => s != "Progress" && s != "ApplyShared")
        );
    }

    [Fact]
    public void The_gate_explains_itself_line_by_line()
    {
        var live = Scene.Running(3).With(1, m => m.Silent(beyondGrace: true)) with { Settled = false };
        var verdict = QuorumGateChecks.Check(
            EtcdPlanner.Context(Scene.Desired(3), live),
            new EtcdStep.RemoveMember(2, live.Members[2].Entry!.Id)
        );

        Assert.False(verdict.Open);
        Assert.Equal(["voters-answer", "quorum-after", "settled"], verdict.Checks.Where(c => !c.Ok).Select(c => c.Id));
        Assert.Contains("stop quorum-after: 1 of 2 voters healthy afterwards, quorum 2", verdict.Checks.Select(c => c.ToString()));
    }

    /// <summary>The annotation that is asked for is the one that counts, and for no other member and no other volume.</summary>
    [Fact]
    public void A_member_whose_node_is_lost_is_replaced_once_that_is_approved()
    {
        var lost = Scene.Running(3).With(1, NodeLost);
        var blocked = Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(Scene.Desired(3), lost));
        var approved = Scene.Desired(3) with { Approvals = [blocked.By.Remediation.Split('"')[1]] };

        Assert.Equal(
            "WriteRecord: orders-1 is without its node for good, as somebody has approved, and is replaced",
            Brief(Scene.Next(approved, lost))
        );
        Assert.Equal(
            "Blocked member-without-node",
            Brief(Scene.Next(approved, lost.With(1, m => m with { Claim = m.Claim! with { Uid = "another" } })))
        );
        Assert.Equal("Blocked member-without-node", Brief(Scene.Next(approved, Scene.Running(3).With(2, NodeLost))));
        var after = Scene.AtRest(approved, lost);
        Assert.Equal([0, 2, 3], after.Members.Select(m => m.Index));
    }

    /// <summary>The story of a healthy majority that was deleted with its volumes: who follows whom is said, and nothing goes.</summary>
    [Fact]
    public void Of_two_histories_what_is_seen_is_told_and_what_to_decide_by()
    {
        var blocked = Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(Scene.Desired(3), Alone(2, m => m)));

        Assert.Contains(
            "orders-1 follows orders-0 in term 1 at index 1000 and gives no list; orders-2 follows orders-0 in term 1 at index 1000 "
                + "and lists orders-2",
            blocked.By.Reason,
            StringComparison.Ordinal
        );
        Assert.Matches(
            "approve: \"[0-9a-f]{16}\" keeps that of orders-2 \\(what orders-0, orders-1 stored goes\\)$",
            blocked.By.Remediation
        );
    }

    /// <summary>
    /// One of two cannot prove that the other was removed and not left behind, so somebody says so, of this volume alone.
    /// </summary>
    [Fact]
    public void What_is_left_of_a_member_whose_departure_nobody_confirms_goes_once_that_is_approved()
    {
        var removed = Removed(Scene.Running(2), 1) with { Settled = true };
        var blocked = Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(Scene.Desired(2), removed));
        var approved = Scene.Desired(2) with { Approvals = [blocked.By.Remediation.Split('"')[1]] };

        Assert.Equal("WriteRecord: etcd no longer lists orders-1; what is left of it goes", Brief(Scene.Next(approved, removed)));
        Assert.Equal(
            "Blocked departure-unconfirmed",
            Brief(Scene.Next(approved, removed.With(1, m => m with { Claim = m.Claim! with { Uid = "another" } })))
        );
        Assert.Equal([0, 2], Scene.AtRest(approved, removed).Members.Select(m => m.Index));
    }

    [Fact]
    public void A_member_that_cannot_be_started_is_replaced_once_that_is_approved()
    {
        var held = Scene.Running(3).With(1, CannotStart);
        var blocked = Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(Scene.Desired(3), held));
        var approved = Scene.Desired(3) with { Approvals = [blocked.By.Remediation.Split('"')[1]] };

        Assert.Equal("orders-1 does not run: ErrImagePull. What it has stored is kept, so it is not replaced", blocked.By.Reason);
        Assert.Equal([0, 2, 3], Scene.AtRest(approved, held).Members.Select(m => m.Index));
    }

    private static string Brief(Decision<EtcdStep> decision) =>
        decision switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.WriteRecord write } => $"WriteRecord: {write.Why}",
            Decision<EtcdStep>.Act { Step: var step } => $"{step.GetType().Name} {Index(step)}".TrimEnd(),
            Decision<EtcdStep>.Blocked blocked => $"Blocked {blocked.By.Rule}",
            Decision<EtcdStep>.Refused refused => $"Refused {refused.By.Rule}",
            _ => decision.GetType().Name,
        };

    private static string Index(EtcdStep step) =>
        step switch
        {
            EtcdStep.TakeSnapshot s => $"{s.Index}",
            EtcdStep.SealMember s => $"{s.Index}",
            EtcdStep.RestoreMember s => $"{s.Index}",
            EtcdStep.AddLearner s => $"{s.Index}",
            EtcdStep.AddToClientService s => $"{s.Index}",
            EtcdStep.RemoveFromClientService s => $"{s.Index}",
            EtcdStep.MoveLeader s => $"{s.FromIndex}",
            EtcdStep.RemoveMember s => $"{s.Index}",
            EtcdStep.DeleteMember s => $"{s.Index}",
            EtcdStep.DeleteClaim s => $"{s.Index}",
            _ => "",
        };

    private static EtcdLive Recorded(EtcdLive live, Func<EtcdRecord, EtcdRecord> change) => live with { Record = change(live.Record!) };

    /// <summary>Three members, and a document of another size accepted, its shared objects applied.</summary>
    private static EtcdLive Accepted(int size, Func<EtcdRecord, EtcdRecord> change)
    {
        var desired = Scene.Desired(size);
        var accepted = Recorded(Scene.Running(3), r => change(r with { Accepted = desired.Source }));
        return accepted with { Shared = Scene.Hashes.Shared(desired, Quorum.Of(Math.Max(3, size))) };
    }

    /// <summary>The member's pod has been told to end, and its process answers still.</summary>
    private static EtcdLive Ending(EtcdLive live, int index) =>
        live.With(index, m => m with { Pod = m.Pod! with { Terminating = true, Ready = false } });

    /// <summary>Another version accepted, and nothing done about it yet.</summary>
    private static EtcdLive Upgrading(EtcdLive live, int size = 3) =>
        Recorded(live, r => r with { Accepted = Scene.Desired(size, version: "3.5.30").Source });

    /// <summary>The restart of the first member stands in the record and has not been begun.</summary>
    private static EtcdLive Announced(EtcdLive live) =>
        Scene.Until(Scene.Desired(3, version: "3.5.30"), live, l => l.Record!.Intent is EtcdIntent.Update { Index: 1 }) with
        {
            Settled = true,
        };

    private static EtcdLive Led(EtcdLive live, int index) =>
        new EtcdModel(Scene.Desired(3), Scene.Hashes).ApplyTo(
            live,
            new EtcdStep.MoveLeader(0, 0, index, live.Members.Single(m => m.Index == index).Entry!.Id)
        ) with
        {
            Settled = true,
        };

    private static MemberLive Says(MemberLive member, string version) =>
        member with
        {
            Endpoint = new EndpointLive.Reachable(MemberHealth.Status(member)! with { Version = version }),
        };

    private static EtcdLive Due(EtcdLive live, SnapshotState? state = null) =>
        Recorded(live, r => r with { SnapshotDue = true }) with
        {
            Snapshot = state is { } known ? new("uid", "c0ffee03-before-3.5.30.db", known, Terminating: false) : null,
        };

    private static EtcdLive FailedUpdate() =>
        Scene
            .Until(Scene.Desired(3, version: "3.5.30"), Scene.Running(3), live => live.Members.Any(m => m.Pod is { Terminating: true }))
            .With(
                1,
                m =>
                    m.Silent(beyondGrace: true) with
                    {
                        Pod = m.Pod! with
                        {
                            Terminating = false,
                            SpecHash = m.StatefulSet!.SpecHash,
                            DesiredHash = m.StatefulSet.DesiredHash,
                            Fault = "etcd exited with 1",
                        },
                    }
            );

    private static EtcdLive Blind(EtcdLive live, bool beyondGrace) =>
        Proofs.World.Blind(live) with
        {
            Members = [.. Proofs.World.Blind(live).Members.Select(m => m.Index == 0 ? m : m.Silent(beyondGrace))],
        };

    private static EtcdLive OutOfReach(EtcdLive live) =>
        live with
        {
            Membership = null,
            Members = [.. live.Members.Select(m => m.OutOfReach(beyondGrace: true) with { Entry = null })],
        };

    /// <summary>orders-1 was lost and is out of etcd's list, its StatefulSet is deleted, and its pod is still known.</summary>
    private static EtcdLive Leaving(Func<PodLive, PodLive> pod)
    {
        var id = Scene.Running(3).Members[1].Entry!.Id;
        return Recorded(Removed(Scene.Running(3), 1), record => record with { Intent = new EtcdIntent.Remove(1, id, RemovalReason.Lost) })
            .With(1, m => m with { StatefulSet = null, Boot = null, Pod = pod(m.Pod!) });
    }

    /// <summary>Three members of which one lists itself alone, and is believed; the others are as given.</summary>
    private static EtcdLive Alone(int index, Func<MemberLive, MemberLive> others) => Proofs.Moves.SeenBy(Scene.Running(3), index, others);

    private static MemberLive CannotStart(MemberLive member) =>
        member.HeldUp(pod => pod with { Phase = PodPhase.Pending, WaitingReason = "ErrImagePull" });

    /// <summary>A fourth member is being added to three; its pod is there.</summary>
    private static EtcdLive Joining(Func<MemberLive, MemberLive> newcomer) =>
        Scene.Until(Scene.Desired(4), Scene.Running(3), l => l.Members.Any(m => m is { Index: 3, Pod: not null })).With(3, newcomer) with
        {
            Settled = true,
        };

    /// <summary>The removal of orders-1 stands in the record and has not been sent.</summary>
    private static EtcdLive Leaves(RemovalReason reason, Func<MemberLive, MemberLive> member)
    {
        var three = Scene.Running(3);
        return Recorded(three, r => r with { Intent = new EtcdIntent.Remove(1, three.Members[1].Entry!.Id, reason) }).With(1, member);
    }

    private static EtcdLive Removed(EtcdLive live, int index) =>
        EtcdModel.Elect(
            new EtcdModel(Scene.Desired(3), Scene.Hashes).ApplyTo(live, new EtcdStep.RemoveMember(index, live.Members[index].Entry!.Id))
        );

    /// <summary>A quorum of five would keep all three, and none could ever be evicted to be restarted.</summary>
    [Fact]
    public void While_members_are_restarted_the_budget_keeps_a_quorum_of_those_that_are()
    {
        var desired = Scene.Desired(5, version: "3.5.30");
        var restarting = Scene.Until(desired, Scene.Running(3), l => l.Members.Any(m => m.Pod is { Terminating: true }));
        var grown = Scene.AtRest(desired, restarting);

        Assert.Equal("min 2", restarting.Shared.DisruptionBudgetHash);
        Assert.Equal("min 3", grown.Shared.DisruptionBudgetHash);
    }

    [Fact]
    public void A_flag_that_the_version_no_longer_has_is_refused()
    {
        var desired = Scene.Desired(3, version: "3.6.12");
        var flags = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("enable-v2", "true");
        var decision = Scene.Next(
            desired with
            {
                Source = desired.Source with { Spec = desired.Spec with { Options = new() { ExtraFlags = flags } } },
            },
            Scene.Running(3, version: "3.5.32")
        );

        Assert.Equal("flag-removed", Assert.IsType<Decision<EtcdStep>.Refused>(decision).By.Rule);
    }

    private static EtcdLive Alarmed(EtcdLive live, int index) =>
        live.With(index, m => m with { Endpoint = new EndpointLive.Reachable(MemberHealth.Status(m)! with { Alarms = ["NOSPACE"] }) });

    private sealed record Case(int Size, EtcdLive Live, string Rule, string Answer, string Version = "3.5.16");

    /// <summary>A second member was joining when all of the first went, its volume too.</summary>
    private static EtcdLive OnlyLearner()
    {
        var joining = Proofs.World.Blind(
            Scene.Until(
                Scene.Desired(3),
                Scene.Nothing,
                live => live.Members.Any(m => m is { Index: 1, Boot.Sealed: true, Entry.IsLearner: true })
            )
        );
        return joining with { Members = [joining.Members[1]] };
    }

    /// <summary>Silent for long, which its node is to blame for.</summary>
    private static MemberLive NodeLost(MemberLive member) =>
        member.HeldUp(pod => pod with { NodeNotReadyReason = "its node node-2 is not ready" });
}
