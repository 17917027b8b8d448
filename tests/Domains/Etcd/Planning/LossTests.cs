using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

/// <summary>The record is gone, with its cluster or without it.</summary>
public sealed class LossTests
{
    private static readonly EtcdLive Running = Tokens(Scene.Running(3));

    [Fact]
    public void A_record_that_is_gone_is_written_anew_as_the_members_say()
    {
        var written = Written(Scene.Next(Scene.Desired(3), Gone(Running)));

        Assert.Equal(Running.Record! with { Reached = written.Reached }, written);
        Assert.IsType<Decision<EtcdStep>.Converged>(Scene.Next(Scene.Desired(3), Gone(Running) with { Record = written }));
        Assert.IsType<Decision<EtcdStep>.Progress>(Scene.Next(Scene.Desired(3), Gone(Running) with { Settled = false }));
    }

    /// <summary>What git says otherwise than live is a change like any other, with its snapshot and its rules.</summary>
    [Fact]
    public void What_git_says_by_now_is_accepted_after_that()
    {
        var desired = Scene.Desired(5, version: "3.5.30");
        var written = Written(Scene.Next(desired, Gone(Running)));

        Assert.Equal((3, "3.5.16"), (written.Accepted!.Spec.Size, written.Accepted.Spec.Version.ToString()));
        Assert.True(Written(Scene.Next(desired, Gone(Running) with { Record = written })).SnapshotDue);
    }

    /// <summary>The seed is 0, and the index of a member that has left is not used again where anything of it is left.</summary>
    [Fact]
    public void The_next_index_is_beyond_all_that_are_there()
    {
        var later = Tokens(Scene.AtRest(Scene.Desired(3), Scene.Running(3).With(1, m => m.Wiped())));

        Assert.Equal(4, Written(Scene.Next(Scene.Desired(3), Gone(later))).NextIndex);
    }

    public static TheoryData<string> Doubts => ["silent", "unlisted", "another list", "an unknown member", "without its StatefulSet"];

    [Theory]
    [MemberData(nameof(Doubts))]
    public void Where_live_does_not_agree_a_person_says_so(string doubt)
    {
        var live = Gone(
            doubt switch
            {
                "silent" => Running.With(1, m => m.Silent()),
                "unlisted" => Running.With(1, m => m.Silent() with { Entry = null }) with
                {
                    Membership = Running.Membership!.Without(Running.Members[1].Entry!.Id),
                },
                "another list" => Running with { OtherLists = [new(1, null)] },
                "an unknown member" => Running with { UnknownEntries = [new(7, "x", "http://elsewhere:2380", false)] },
                _ => Running.With(1, m => m with { StatefulSet = null }),
            }
        );

        var blocked = Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(Scene.Desired(3), live));
        Assert.Equal("record-lost", blocked.By.Rule);
        var approved = Scene.Desired(3) with { Approvals = [blocked.By.Remediation.Split('"')[1]] };
        Assert.Equal(Running.Record!.Incarnation, Written(Scene.Next(approved, live)).Incarnation);
        Assert.IsType<Decision<EtcdStep>.Blocked>(
            Scene.Next(approved, live.With(2, m => m with { Claim = m.Claim! with { Uid = "another" } }))
        );
    }

    [Fact]
    public void Objects_of_two_lives_or_without_an_answer_are_not_put_together()
    {
        var two = Gone(Running).With(1, m => m with { Boot = m.Boot! with { Token = "another" } });
        Assert.Equal("leftovers-without-record", Assert.IsType<Decision<EtcdStep>.Refused>(Scene.Next(Scene.Desired(3), two)).By.Rule);

        var blind = Proofs.World.Blind(Gone(Running));
        Assert.Equal("leftovers-without-record", Assert.IsType<Decision<EtcdStep>.Refused>(Scene.Next(Scene.Desired(3), blind)).By.Rule);
    }

    /// <summary>Its namespace was deleted and made again, and git's status, or this operator itself, knows that it was there.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_a_cluster_was_no_empty_one_is_founded_until_that_is_approved(bool fromGit)
    {
        var desired = Scene.Desired(3) with { KnownUid = fromGit ? "uid-1" : null };
        var live = Scene.Nothing with { RecordGone = fromGit ? null : "uid-1" };

        var blocked = Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(desired, live));
        Assert.Equal("cluster-lost", blocked.By.Rule);
        Assert.Contains("a cluster with UID uid-1 was here", blocked.By.Reason, StringComparison.Ordinal);
        var approved = desired with { Approvals = [blocked.By.Remediation.Split('"')[1]] };
        Assert.IsType<EtcdIntent.Bootstrap>(Written(Scene.Next(approved, live)).Intent);
        Assert.IsType<Decision<EtcdStep>.Blocked>(
            Scene.Next(approved with { KnownUid = "uid-2" }, live with { RecordGone = fromGit ? null : "uid-2" })
        );
    }

    [Fact]
    public void While_it_is_not_known_whether_a_cluster_was_there_none_is_founded()
    {
        var unread = Scene.Desired(3) with { UidUnread = "the remote does not answer" };

        Assert.Equal(
            "the status branch, which says whether a cluster of this name was here: the remote does not answer",
            Assert.IsType<Decision<EtcdStep>.Progress>(Scene.Next(unread, Scene.Nothing)).Expected
        );
        Assert.IsType<Decision<EtcdStep>.Converged>(Scene.Next(unread, Scene.Running(3)));
    }

    /// <summary>The record is there and nothing else is.</summary>
    [Fact]
    public void Of_a_record_alone_a_new_cluster_begins_once_that_is_approved()
    {
        var live = Running with { Members = [], Membership = null };
        var blocked = Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(Scene.Desired(3), live));
        Assert.Equal("nothing-left", blocked.By.Rule);

        var approved = Scene.Desired(3) with { Approvals = [blocked.By.Remediation.Split('"')[1]], NewIncarnation = "incarnation-2" };
        var end = Scene.AtRest(approved, live);
        Assert.Equal(("incarnation-2", 3), (end.Record!.Incarnation, end.Members.Length));
    }

    private static EtcdLive Gone(EtcdLive live) => live with { Record = null, RecordVersion = null, RecordGone = live.Record!.Incarnation };

    private static EtcdLive Tokens(EtcdLive live) =>
        live with
        {
            Members = [.. live.Members.Select(m => m with { Boot = m.Boot! with { Token = live.Record!.Incarnation } })],
        };

    private static EtcdRecord Written(Decision<EtcdStep> decision) =>
        Assert.IsType<EtcdStep.WriteRecord>(Assert.IsType<Decision<EtcdStep>.Act>(decision).Step).Record;
}
