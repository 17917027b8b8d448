using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

/// <summary>A snapshot that a person asks for.</summary>
public sealed class AskedSnapshotTests
{
    private const string File = "by-hand-20261129-213000.db";

    private static readonly EtcdLive Asked = Scene.Running(3) with { AskedSnapshot = File };

    [Fact]
    public void It_is_taken_of_a_follower_and_kept_and_then_nothing_more_is_done()
    {
        var taken = Assert.IsType<EtcdStep.TakeSnapshot>(Act(Asked));
        Assert.Equal(File, taken.File);
        Assert.NotEqual(Asked.Members.Single(member => MemberHealth.Status(member)!.LeaderId == member.Entry!.Id).Index, taken.Index);

        // While it is being taken nothing waits for it, and nothing ends it.
        var underWay = Asked with
        {
            Snapshot = new("pod", File, SnapshotState.UnderWay, Terminating: false),
        };
        Assert.IsType<Decision<EtcdStep>.Converged>(Scene.Next(Scene.Desired(3), underWay));

        var noted = Assert
            .IsType<EtcdStep.WriteRecord>(Act(underWay with { Snapshot = underWay.Snapshot with { State = SnapshotState.Verified } }))
            .Record;
        Assert.Equal(new(File, null), noted.Answered);
        Assert.Equal(File, noted.Snapshot!.File);
        Assert.IsType<EtcdStep.EndSnapshot>(Act(underWay with { Record = noted }));
        Assert.IsType<Decision<EtcdStep>.Converged>(Scene.Next(Scene.Desired(3), Asked with { Record = noted }));
    }

    [Fact]
    public void One_that_fails_is_told_and_not_tried_for_ever()
    {
        var failed = Asked with { Snapshot = new("pod", File, SnapshotState.Failed, Terminating: false, "save: no space left on device") };

        var noted = Assert.IsType<EtcdStep.WriteRecord>(Act(failed)).Record;

        Assert.Equal(new(File, "save: no space left on device"), noted.Answered);
        Assert.Null(noted.Snapshot);
        Assert.IsType<Decision<EtcdStep>.Converged>(Scene.Next(Scene.Desired(3), Asked with { Record = noted }));
    }

    [Fact]
    public void Without_volumes_it_is_refused()
    {
        var ephemeral = Scene.Running(3, ephemeral: true) with { AskedSnapshot = File };

        var step = Assert
            .IsType<Decision<EtcdStep>.Act>(EtcdPlanner.Decide(Scene.Desired(3, ephemeral: true), ephemeral, Scene.Hashes).Decision)
            .Step;

        Assert.Contains("ephemeral", Assert.IsType<EtcdStep.WriteRecord>(step).Record.Answered!.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void It_waits_for_a_change_that_is_under_way()
    {
        var adding = Scene.Until(Scene.Desired(4), Scene.Running(3), live => live.Record!.Intent is EtcdIntent.Add) with
        {
            AskedSnapshot = File,
        };

        Assert.NotEqual("snapshot-asked", EtcdPlanner.Decide(Scene.Desired(4), adding, Scene.Hashes).Rule);
    }

    private static EtcdStep Act(EtcdLive live) => Assert.IsType<Decision<EtcdStep>.Act>(Scene.Next(Scene.Desired(3), live)).Step;
}
