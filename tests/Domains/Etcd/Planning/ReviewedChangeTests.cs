using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Reporting;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Reviews;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

/// <summary>A change that was reviewed, and the live cluster as it is when the change is merged.</summary>
public sealed class ReviewedChangeTests
{
    private const string Where = "pull request 7";

    [Fact]
    public void A_change_that_is_as_good_as_it_was_reviewed_is_taken_over_at_once()
    {
        var live = Scene.Running(3);
        var desired = Reviewed(Scene.Desired(5), live);

        var write = Assert.IsType<EtcdStep.WriteRecord>(Act(desired, live));

        Assert.Equal(desired.Source, write.Record.Accepted);
        Assert.Null(write.Record.Held);
    }

    [Fact]
    public void A_change_whose_cluster_has_lost_a_member_since_is_held_back_until_that_is_mended_and_then_carried_out()
    {
        var desired = Reviewed(Scene.Desired(5), Scene.Running(3));
        var hurt = Scene.Running(3).With(1, m => m.Wiped());
        var model = new EtcdModel(desired, Scene.Hashes);
        var live = hurt;
        var order = new List<string>();
        for (
            var i = 0;
            i < 1000 && EtcdPlanner.Decide(desired, live, Scene.Hashes).Decision is not Decision<EtcdStep>.Converged and var decision;
            i++
        )
        {
            if (decision is Decision<EtcdStep>.Act { Step: EtcdStep.AddLearner or EtcdStep.RemoveMember or EtcdStep.WriteRecord } act)
            {
                order.Add(
                    act.Step is EtcdStep.WriteRecord { Record: { Held: not null, Accepted.Spec.Size: 3, Intent: null } } ? "held"
                    : act.Step is EtcdStep.WriteRecord { Record.Accepted.Spec.Size: 5, Record.Intent: null } ? "accepted"
                    : act.Step.GetType().Name
                );
            }

            live = decision is Decision<EtcdStep>.Act { Step: var step } ? model.ApplyTo(live, step) : model.Advance(live);
        }

        Assert.Equal(5, live.Membership!.Entries.Length);
        Assert.Null(live.Record!.Held);
        string[] milestones = [nameof(EtcdStep.RemoveMember), "held", "accepted"];
        Assert.All(milestones, milestone => Assert.Contains(milestone, order));
        Assert.True(order.IndexOf("accepted") > order.IndexOf(nameof(EtcdStep.AddLearner)), string.Join(", ", order));
    }

    [Fact]
    public void A_change_that_stays_worse_waits_says_why_and_is_remembered_by_the_record()
    {
        var live = Scene.Running(3);
        var desired = Scene.Desired(3, version: "3.5.30") with
        {
            Reviewed = PlanReview.Of(EtcdForecast.Unfold(Scene.Desired(5), live, Scene.Hashes), Where),
        };

        var write = Assert.IsType<EtcdStep.WriteRecord>(Act(desired, live));
        Assert.Equal((live.Record!.Accepted, desired.Spec), (write.Record.Accepted, write.Record.Held!.Spec));

        // As by an operator that was started anew, and has read no pull request.
        var (decision, rule) = EtcdPlanner.Decide(desired with { Reviewed = null }, live with { Record = write.Record }, Scene.Hashes);
        var blocked = Assert.IsType<Decision<EtcdStep>.Blocked>(decision);
        Assert.Equal((PlanReview.RuleId, PlanReview.RuleId), (rule, blocked.By.Rule));
        Assert.Contains("3 to restart instead of 0", blocked.By.Reason, StringComparison.Ordinal);
        Assert.Contains(Where, blocked.By.Reason, StringComparison.Ordinal);
        Assert.Equal(PlanReview.RuleId, EtcdReport.Of(desired, live with { Record = write.Record }, decision, null).Blocker!.Rule);
    }

    [Fact]
    public void Another_document_is_judged_by_itself_and_ends_the_hold()
    {
        var live = Held(Scene.Running(3), Scene.Desired(3, version: "3.5.30"));

        var write = Assert.IsType<EtcdStep.WriteRecord>(Act(Scene.Desired(4), live));

        Assert.Equal((4, null), (write.Record.Accepted!.Spec.Size, write.Record.Held));
    }

    [Fact]
    public void What_somebody_agreed_to_is_done_however_bad_it_is()
    {
        var live = Scene.Running(3);
        var desired = Reviewed(Scene.Desired(1), live);

        Assert.True(desired.Reviewed!.LosesData);
        Assert.Equal(1, Assert.IsType<EtcdStep.WriteRecord>(Act(desired, live)).Record.Accepted!.Spec.Size);
    }

    [Fact]
    public void A_change_that_has_become_better_is_done()
    {
        var desired = Reviewed(Scene.Desired(5), Scene.Running(3).With(1, m => m.Wiped()));

        Assert.Equal(5, Assert.IsType<EtcdStep.WriteRecord>(Act(desired, Scene.Running(3))).Record.Accepted!.Spec.Size);
    }

    [Fact]
    public void A_held_change_survives_its_way_through_the_ConfigMap()
    {
        var record = Held(Scene.Running(3), Scene.Desired(3, version: "3.5.30")).Record!;

        var (read, fault) = EtcdRecordJson.Read(
            new() { Data = new Dictionary<string, string> { [EtcdRecordJson.Key] = EtcdRecordJson.Write(record) } }
        );

        Assert.Null(fault);
        Assert.Equal(record.Held, read!.Held);
    }

    private static EtcdDesired Reviewed(EtcdDesired desired, EtcdLive at) =>
        desired with
        {
            Reviewed = PlanReview.Of(EtcdForecast.Unfold(desired, at, Scene.Hashes), Where),
        };

    private static EtcdLive Held(EtcdLive live, EtcdDesired desired)
    {
        var reviewed = PlanReview.Of(EtcdForecast.Unfold(Scene.Desired(3), live, Scene.Hashes), Where);
        return live with { Record = live.Record! with { Held = new(desired.Spec, reviewed) } };
    }

    private static EtcdStep Act(EtcdDesired desired, EtcdLive live) =>
        Assert.IsType<Decision<EtcdStep>.Act>(Scene.Next(desired, live)).Step;
}
