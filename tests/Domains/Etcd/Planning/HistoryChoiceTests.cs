using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Domains.Etcd.Tests.Proofs;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

/// <summary>
/// Of two histories of one cluster a person names the one that is kept; the other one's members are stopped, leave, and lose their
/// volumes, in this order.
/// </summary>
public sealed class HistoryChoiceTests
{
    /// <summary>orders-0 runs on an old copy of its volume, and lists itself alone.</summary>
    private static readonly EtcdLive OldVolume = Scene.Running(3) is var three
        ? three with
        {
            OtherLists = [new(0, Moves.SeenBy(three, 0, m => m).Membership)],
        }
        : throw new InvalidOperationException();

    /// <summary>orders-2 was forced to be alone, which tells the others that they are no members, and they end.</summary>
    private static EtcdLive Forced => Moves.SeenBy(Scene.Running(3), 2, m => m.Silent(beyondGrace: true));

    [Fact]
    public void The_history_of_the_majority_is_kept()
    {
        var (steps, end) = Carried(Approved(Annotation(OldVolume, 0)), OldVolume);

        Assert.Equal(
            [
                "WriteRecord: the history of orders-1, orders-2 is kept, as somebody has approved (what orders-0 stored goes)",
                "DeleteMember 0",
                "WriteRecord: orders-0 follows the history that is discarded and is removed",
                "RemoveMember 0",
                "DeleteClaim 0",
            ],
            steps.Take(5)
        );
        Assert.Equal([1, 2, 3], end.Members.Select(m => m.Index));
        Assert.Null(end.Record!.Discarded);
    }

    [Fact]
    public void The_history_of_one_alone_is_kept()
    {
        var (steps, end) = Carried(Approved(Annotation(OldVolume, 1)), OldVolume);

        Assert.Equal(["DeleteMember 1", "DeleteMember 2", "DeleteClaim 1", "DeleteClaim 2"], steps.Where(Deletes));
        Assert.Equal([0, 3, 4], end.Members.Select(m => m.Index));
    }

    /// <summary>That it is further back was decided with it, and is not asked about again.</summary>
    [Fact]
    public void The_history_that_is_kept_may_be_the_shorter_one()
    {
        var far = OldVolume with { Record = OldVolume.Record! with { Reached = new(9, 9000) } };
        var (_, end) = Carried(Approved(Annotation(far, 1)), far);

        Assert.Equal([0, 3, 4], end.Members.Select(m => m.Index));
        Assert.Equal(new LogPosition(1, 1000), end.Record!.Reached);
    }

    /// <summary>While members are unlisted or list others, which history a leader's log is of is not known.</summary>
    [Fact]
    public void How_far_one_of_two_histories_has_come_is_not_remembered()
    {
        var forced = Forced with { Record = Forced.Record! with { Reached = null } };

        Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(Scene.Desired(3), forced));
    }

    /// <summary>Nobody knows what the silent ones list until they are back, so no volume goes before.</summary>
    [Fact]
    public void The_history_of_those_that_were_told_to_end_is_kept()
    {
        var approved = Approved(Annotation(Forced, 1));
        var live = Forced;
        var steps = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            live = HistoryChoice.Apply(approved, live);
            var decision = Scene.Next(approved, live);
            steps.Add(Brief(decision));
            live = Next(approved, live, decision);
        }

        Assert.Equal("DeleteMember 2", steps[1]);
        Assert.DoesNotContain(steps, step => step.StartsWith("DeleteClaim", StringComparison.Ordinal));

        var back = Scene.Running(3) with { Record = live.Record };
        var (rest, end) = Carried(approved, back.With(2, m => m.Silent() with { StatefulSet = null, Boot = null, Pod = null }));
        Assert.Equal(["RemoveMember 2", "DeleteClaim 2"], rest.Where(step => step is "RemoveMember 2" or "DeleteClaim 2"));
        Assert.Equal([0, 1, 3], end.Members.Select(m => m.Index));
    }

    /// <summary>Those that answer have less than the record knows of, so nobody is asked to give up the others.</summary>
    [Fact]
    public void Who_is_behind_proves_nobody_gone()
    {
        var departure = Approved(Annotation(Forced, 0));
        var behind = Forced with { Record = Forced.Record! with { Reached = new(2, 2420) } };
        var blocked = Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(departure, behind));

        Assert.Contains("are at index 1000, and the record knows of 2420", blocked.By.Reason, StringComparison.Ordinal);
        Assert.Matches(
            "^Bring the others back; or if those that answer were forced .* keeps the history of orders-0, orders-1 ",
            blocked.By.Remediation
        );
        Assert.Equal(Annotation(Forced, 1), blocked.By.Remediation.Split('"')[1]);
    }

    /// <summary>Of these volumes alone, and for as long as the approval stands in git.</summary>
    [Fact]
    public void Another_volume_is_not_meant_and_an_approval_that_is_taken_back_counts_no_more()
    {
        var approved = Approved(Annotation(OldVolume, 0));
        var another = OldVolume.With(0, m => m with { Claim = m.Claim! with { Uid = "another" } });
        Assert.Equal("two-histories", Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(approved, another)).By.Rule);

        var chosen = Next(approved, OldVolume, Scene.Next(approved, OldVolume));
        Assert.NotNull(chosen.Record!.Discarded);
        Assert.Same(chosen, HistoryChoice.Apply(Scene.Desired(3), chosen));
        Assert.Equal("two-histories", Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(Scene.Desired(3), chosen)).By.Rule);
        Assert.Empty(HistoryChoice.Apply(approved, chosen).OtherLists);
    }

    /// <summary>Who may edit the record, and not git, discards nobody.</summary>
    [Fact]
    public void A_record_alone_discards_nobody()
    {
        var three = Scene.Running(3);
        var edited = three with { Record = three.Record! with { Discarded = new([], [new(1, three.Members[1].Claim!.Uid)]) } };

        Assert.Same(edited, HistoryChoice.Apply(Scene.Desired(3), edited));
        Assert.IsType<Decision<EtcdStep>.Converged>(Scene.Next(Scene.Desired(3), edited));
        var removing = edited with
        {
            Record = edited.Record! with { Intent = new EtcdIntent.Remove(1, three.Members[1].Entry!.Id, RemovalReason.Discarded) },
        };
        Assert.Equal(
            "WriteRecord: orders-1 stays: that it is discarded is approved no longer",
            Brief(Scene.Next(Scene.Desired(3), removing))
        );
    }

    /// <summary>All of them run on older volumes: they agree, and are behind what the record knows.</summary>
    [Theory]
    [InlineData(2, 1000)]
    [InlineData(1, 1001)]
    public void A_cluster_that_is_further_back_than_it_was_is_left_alone_until_that_is_approved(ulong term, ulong index)
    {
        var three = Scene.Running(3);
        Assert.Equal(new LogPosition(1, 1000), three.Record!.Reached);
        var older = three with { Record = three.Record with { Reached = new(term, index) } };

        Assert.Equal("Progress", Brief(Scene.Next(Scene.Desired(3), older with { Settled = false })));
        var blocked = Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(Scene.Desired(5), older));
        Assert.Equal("older-history", blocked.By.Rule);
        var approved = Scene.Desired(5) with { Approvals = [blocked.By.Remediation.Split('"')[1]] };
        Assert.Equal(5, Scene.AtRest(approved, older).Members.Length);
        Assert.Equal(new LogPosition(1, 1000), Scene.AtRest(approved, older).Record!.Reached);
    }

    [Fact]
    public void How_far_the_cluster_has_come_is_written_when_it_has_doubled()
    {
        var three = Scene.Running(3);
        Assert.IsType<Decision<EtcdStep>.Converged>(Scene.Next(Scene.Desired(3), At(three, 4001)));
        var written = Assert.IsType<EtcdStep.WriteRecord>(
            Assert.IsType<Decision<EtcdStep>.Act>(Scene.Next(Scene.Desired(3), At(three, 4002))).Step
        );
        Assert.Equal(new LogPosition(1, 4002), written.Record.Reached);
    }

    /// <summary>The volume of a voter that is replaced is there until the one in its place votes.</summary>
    [Fact]
    public void What_a_replaced_voter_stored_goes_last()
    {
        var (steps, end) = Carried(Scene.Desired(3), Scene.Running(3).With(1, m => m.Wiped()));

        Assert.True(steps.IndexOf("PromoteLearner 3") < steps.IndexOf("DeleteClaim 1"), string.Join('\n', steps));
        Assert.Equal([0, 2, 3], end.Members.Select(m => m.Index));
        Assert.Null(end.Record!.Retained);
        Assert.Empty(end.RetainedVolumes);
    }

    /// <summary>It is neither a member nor in anybody's way while the newcomer does not come up.</summary>
    [Fact]
    public void A_volume_that_is_retained_counts_as_no_member()
    {
        var waiting = Scene.Until(Scene.Desired(3), Scene.Running(3).With(1, m => m.Wiped()), live => !live.RetainedVolumes.IsEmpty);

        Assert.Equal([0, 2], waiting.Members.Select(m => m.Index));
        Assert.Equal([1], waiting.RetainedVolumes.Select(kept => kept.Index));
        Assert.Equal([1], waiting.Record!.Retained!.Members.Select(volume => volume.Index));
        var tombstone = Scene.Desired(3) with { Tombstone = waiting.Record.Incarnation };
        var deleting = Scene.AtRest(
            tombstone with
            {
                Source = tombstone.Source with { Spec = tombstone.Spec with { DeleteVolumes = true } },
            },
            waiting
        );
        Assert.Contains("data-orders-1-0", deleting.Record!.Deleted!.Volumes);
        Assert.Empty(deleting.RetainedVolumes);
    }

    /// <summary>What the annotations in the remediation of two histories, or of an unconfirmed departure, are: in their order.</summary>
    private static string Annotation(EtcdLive live, int which) =>
        Assert.IsType<Decision<EtcdStep>.Blocked>(Scene.Next(Scene.Desired(3), live)).By.Remediation.Split('"')[(2 * which) + 1];

    private static EtcdDesired Approved(string approval) => Scene.Desired(3) with { Approvals = [approval] };

    private static EtcdLive At(EtcdLive live, ulong index) =>
        live with
        {
            Members =
            [
                .. live.Members.Select(m =>
                    m with
                    {
                        Endpoint = new EndpointLive.Reachable(MemberHealth.Status(m)! with { RaftIndex = index }),
                    }
                ),
            ],
        };

    private static (List<string> Steps, EtcdLive End) Carried(EtcdDesired desired, EtcdLive live)
    {
        var steps = new List<string>();
        for (var i = 0; i < 300; i++)
        {
            live = HistoryChoice.Apply(desired, live);
            var decision = Scene.Next(desired, live);
            if (decision is Decision<EtcdStep>.Converged)
            {
                return (steps, live);
            }

            if (decision is Decision<EtcdStep>.Act)
            {
                steps.Add(Brief(decision));
            }

            live = Next(desired, live, decision);
        }

        throw new InvalidOperationException($"It does not end:\n{string.Join('\n', steps)}");
    }

    private static EtcdLive Next(EtcdDesired desired, EtcdLive live, Decision<EtcdStep> decision) =>
        new EtcdModel(desired, Scene.Hashes) is var model && decision is Decision<EtcdStep>.Act { Step: var step }
            ? model.ApplyTo(live, step)
            : model.Advance(live);

    private static bool Deletes(string step) => step.StartsWith("Delete", StringComparison.Ordinal);

    private static string Brief(Decision<EtcdStep> decision) =>
        decision switch
        {
            Decision<EtcdStep>.Act { Step: EtcdStep.WriteRecord write } => $"WriteRecord: {write.Why}",
            Decision<EtcdStep>.Act { Step: EtcdStep.DeleteMember step } => $"DeleteMember {step.Index}",
            Decision<EtcdStep>.Act { Step: EtcdStep.DeleteClaim step } => $"DeleteClaim {step.Index}",
            Decision<EtcdStep>.Act { Step: EtcdStep.RemoveMember step } => $"RemoveMember {step.Index}",
            Decision<EtcdStep>.Act { Step: EtcdStep.PromoteLearner step } => $"PromoteLearner {step.Index}",
            Decision<EtcdStep>.Act act => act.Step.GetType().Name,
            var other => other.GetType().Name,
        };
}
