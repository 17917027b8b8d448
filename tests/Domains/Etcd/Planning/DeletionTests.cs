using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Reporting;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Tests.Planning;

/// <summary>A cluster goes only by a tombstone that names just this life of it, and with its volumes only where git says so, too.</summary>
public sealed class DeletionTests
{
    private const string Incarnation = "incarnation-1";

    [Theory]
    [InlineData("")]
    [InlineData("yes")]
    [InlineData("incarnation-2")]
    public void A_tombstone_that_names_no_life_or_another_one_deletes_nothing_and_is_told_the_right_one(string value)
    {
        var (decision, rule) = EtcdPlanner.Decide(Dead(3, volumes: true, value), Scene.Running(3), Scene.Hashes);

        Assert.Equal("tombstone", rule);
        Assert.Contains($"\"{Incarnation}\"", Assert.IsType<Decision<EtcdStep>.Blocked>(decision).By.Remediation, StringComparison.Ordinal);
    }

    [Fact]
    public void Clients_go_first_then_member_by_member_then_the_volumes_and_the_record_tells_what_went()
    {
        var (end, steps) = Walk(Dead(3, volumes: true), Scene.Running(3));

        Assert.Equal(
            [
                "note in the record: the tombstone in etcd/orders.yaml deletes this cluster and its volumes",
                "delete Service orders-client and the disruption budget: no client is sent there any more",
                "delete the objects of orders-2",
                "delete the volume claim of orders-2",
                "delete the objects of orders-1",
                "delete the volume claim of orders-1",
                "delete the objects of orders-0",
                "delete the volume claim of orders-0",
                "delete Service orders-peers",
            ],
            steps.Select(step => step.Describe(end).Sentence)
        );
        Assert.DoesNotContain(end.Members, MemberHealth.HasObjects);
        Assert.Equal(["orders-0", "orders-1", "orders-2"], end.Record!.Deleted!.Members);
        Assert.Equal(["data-orders-0-0", "data-orders-1-0", "data-orders-2-0"], end.Record.Deleted.Volumes);

        var report = EtcdReport.Of(Dead(3, volumes: true), end, new Decision<EtcdStep>.Converged(), null);
        Assert.Equal("deleted", report.Summary);
        Assert.Contains(
            report.Conditions,
            condition =>
                condition is { Type: "Deleted", Status: true } && condition.Message.Contains("data-orders-1-0", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Volumes_stay_where_git_does_not_say_otherwise_and_bring_the_cluster_back()
    {
        var (end, steps) = Walk(Dead(3, volumes: false), Scene.Running(3));

        Assert.DoesNotContain(steps, step => step is EtcdStep.DeleteClaim);
        Assert.All(end.Members, member => Assert.NotNull(member.Claim));
        Assert.Equal(
            "deleted, its volumes are kept",
            EtcdReport.Of(Dead(3, volumes: false), end, new Decision<EtcdStep>.Converged(), null).Summary
        );

        var (back, restored) = Walk(Scene.Desired(3), end);
        Assert.Equal(3, restored.Count(step => step is EtcdStep.RestoreMember));
        Assert.DoesNotContain(restored, step => step is EtcdStep.StartSeed or EtcdStep.AddLearner);
        Assert.Null(back.Record!.Deleted);
        Assert.Equal(Scene.Running(3).Members.Select(member => member.Entry!.Id), back.Members.Select(member => member.Entry!.Id));
    }

    [Fact]
    public void Volumes_that_were_kept_go_when_git_says_so_later()
    {
        var (kept, _) = Walk(Dead(3, volumes: false), Scene.Running(3));

        var (end, steps) = Walk(Dead(3, volumes: true), kept);

        Assert.Equal(3, steps.Count(step => step is EtcdStep.DeleteClaim));
        Assert.Equal(3, end.Record!.Deleted!.Volumes.Count);
        Assert.Equal(3, end.Record.Deleted.Members.Count);
    }

    [Fact]
    public void A_deletion_goes_on_wherever_it_was_interrupted()
    {
        var dead = Dead(5, volumes: true);
        var model = new EtcdModel(dead, Scene.Hashes);
        var live = Scene.Running(5);
        var taken = 0;
        while (EtcdPlanner.Decide(dead, live, Scene.Hashes).Decision is var decision and not Decision<EtcdStep>.Converged)
        {
            live = decision is Decision<EtcdStep>.Act act ? model.ApplyTo(live, act.Step) : model.Advance(live);
            Assert.DoesNotContain(Walk(dead, live).End.Members, MemberHealth.HasObjects);
            Assert.True(++taken < 200);
        }

        Assert.True(taken > 20);
    }

    [Fact]
    public void Once_all_is_gone_a_document_without_a_tombstone_makes_a_new_cluster_of_another_incarnation()
    {
        var (end, _) = Walk(Dead(3, volumes: true), Scene.Running(3));
        var (same, _) = Walk(Dead(3, volumes: true), end);
        Assert.Equal(end.Record, same.Record);

        var desired = Scene.Desired(3) with { NewIncarnation = "incarnation-2" };
        var (anew, _) = Walk(desired, end with { Membership = null, Members = [] });
        Assert.Equal("incarnation-2", anew.Record!.Incarnation);
        Assert.Equal(3, anew.Members.Count(MemberHealth.IsHealthyVoter));

        // The tombstone of the first life, left behind or put back, is none for the second.
        Assert.IsType<Decision<EtcdStep>.Blocked>(EtcdPlanner.Decide(Dead(3, volumes: true), anew, Scene.Hashes).Decision);
    }

    [Fact]
    public void Nothing_is_made_of_a_document_that_is_a_tombstone_already() =>
        Assert.Equal("never-made", EtcdPlanner.Decide(Dead(3, volumes: true), Scene.Nothing, Scene.Hashes).Rule);

    [Fact]
    public void A_cluster_that_is_suspended_is_not_deleted_either()
    {
        var dead = Dead(3, volumes: true);

        Assert.Equal(
            "suspended",
            EtcdPlanner
                .Decide(
                    dead with
                    {
                        Source = dead.Source with { Spec = dead.Spec with { Suspend = true } },
                    },
                    Scene.Running(3),
                    Scene.Hashes
                )
                .Rule
        );
    }

    [Fact]
    public void The_plan_says_what_is_lost()
    {
        var plan = EtcdForecast.Unfold(Dead(3, volumes: true), Scene.Running(3), Scene.Hashes);

        Assert.Equal(PlanVerdict.Changes, plan.Verdict);
        Assert.Equal(3, plan.Summary.Remove);
        Assert.Equal(3, plan.Steps.Count(step => step.Risk == RiskClass.Data));
        Assert.Contains("the cluster is deleted by a tombstone", plan.Change);
    }

    private static EtcdDesired Dead(int size, bool volumes, string tombstone = Incarnation)
    {
        var desired = Scene.Desired(size);
        return desired with
        {
            Tombstone = tombstone,
            Source = desired.Source with { Spec = desired.Spec with { MayBeDeleted = true, DeleteVolumes = volumes } },
        };
    }

    private static (EtcdLive End, List<EtcdStep> Steps) Walk(EtcdDesired desired, EtcdLive live)
    {
        var model = new EtcdModel(desired, Scene.Hashes);
        var steps = new List<EtcdStep>();
        for (var turn = 0; turn < 500; turn++)
        {
            switch (EtcdPlanner.Decide(desired, live, Scene.Hashes).Decision)
            {
                case Decision<EtcdStep>.Act act:
                    steps.Add(act.Step);
                    live = model.ApplyTo(live, act.Step);
                    break;
                case Decision<EtcdStep>.Progress when model.Advance(live) is var later && !ReferenceEquals(later, live):
                    live = later;
                    break;
                case var decision:
                    Assert.IsType<Decision<EtcdStep>.Converged>(decision);
                    return (live, steps);
            }
        }

        throw new InvalidOperationException("no end");
    }
}
