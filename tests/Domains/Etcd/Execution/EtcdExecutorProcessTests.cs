using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Steps;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Tests.Execution;

/// <summary>Each step on the in-process API server and, where etcd is asked, on a real member.</summary>
[Collection(nameof(CountsEtcdCalls))]
[Trait("starts", "processes")]
public sealed class EtcdExecutorProcessTests
{
    private static readonly EtcdNames Names = OneMemberWorld.Names;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Membership_steps_done_twice_are_done_once()
    {
        await using var world = await OneMemberWorld.StartSeededAsync();
        using var calls = new EtcdCalls();
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.AddLearner(1)));
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.AddLearner(1)));
        Assert.Equal(1, calls.Of("MemberAdd"));

        // etcd itself says no: a second learner, and one that has never started. That is an answer, not a fault.
        Assert.Contains("learner", NotYet(await world.ExecuteAsync(new EtcdStep.AddLearner(2))), StringComparison.Ordinal);
        var learner = (await world.ObserveAsync()).UnknownEntries.Single();
        Assert.Contains("sync", NotYet(await world.ExecuteAsync(new EtcdStep.PromoteLearner(1, learner.Id))), StringComparison.Ordinal);

        Assert.Contains(
            "not the one that was meant",
            NotYet(await world.ExecuteAsync(new EtcdStep.RemoveMember(2, learner.Id))),
            StringComparison.Ordinal
        );
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.RemoveMember(1, learner.Id)));
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.RemoveMember(1, learner.Id)));
        Assert.Equal(1, calls.Of("MemberRemove"));
        Assert.Single((await world.ObserveAsync()).Membership!.Entries);
    }

    [Fact]
    public async Task What_was_seen_too_long_ago_is_not_acted_upon()
    {
        await using var world = await OneMemberWorld.StartSeededAsync();
        using var calls = new EtcdCalls();
        Assert.Contains(
            "old",
            NotYet(await world.ExecuteAsync(new EtcdStep.AddLearner(1), age: TimeSpan.FromSeconds(11))),
            StringComparison.Ordinal
        );
        Assert.Equal(0, calls.Of("MemberAdd"));
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.AddLearner(1), age: TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Without_the_lease_nothing_is_sent()
    {
        await using var world = await OneMemberWorld.StartSeededAsync();
        var live = await world.ObserveAsync();
        using var calls = new EtcdCalls();
        var before = world.KubernetesCalls;
        foreach (
            var step in (EtcdStep[])
                [
                    new EtcdStep.WriteRecord(OneMemberWorld.Record(9), "record"),
                    new EtcdStep.ApplyShared(1),
                    new EtcdStep.AddLearner(1),
                    new EtcdStep.SealMember(0),
                ]
        )
        {
            world.Leadership.Left = 0;
            Assert.Contains("lease", NotYet(await world.ExecuteAsync(step, live)), StringComparison.Ordinal);
        }

        Assert.Equal((before, 0), (world.KubernetesCalls, calls.Total));
    }

    [Fact]
    public async Task A_lease_that_is_lost_in_the_middle_of_a_step_stops_it_before_the_next_change()
    {
        await using var world = await OneMemberWorld.StartSeededAsync();
        var live = await world.ObserveAsync();
        using var calls = new EtcdCalls();

        // Held when the step begins, and no more when the change is due.
        world.Leadership.Left = 1;
        Assert.Contains("lease", NotYet(await world.ExecuteAsync(new EtcdStep.AddLearner(1), live)), StringComparison.Ordinal);
        Assert.Equal(0, calls.Of("MemberAdd"));

        world.Leadership.Left = 1;
        Assert.Contains("lease", NotYet(await world.ExecuteAsync(new EtcdStep.ApplyShared(2), live)), StringComparison.Ordinal);
        var budget = await world.Client.PolicyV1.ListNamespacedPodDisruptionBudgetAsync("default", cancellationToken: Token);
        Assert.DoesNotContain(budget.Items, item => item.Spec.MinAvailable == "2");

        world.Leadership.Left = int.MaxValue;
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.AddLearner(1)));
    }

    [Fact]
    public async Task Of_two_writers_of_the_record_one_goes_on()
    {
        await using var world = await OneMemberWorld.StartAsync("3.5.16");
        var before = await world.ObserveAsync();
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.WriteRecord(OneMemberWorld.Record(1), "first"), before));
        NotYet(await world.ExecuteAsync(new EtcdStep.WriteRecord(OneMemberWorld.Record(2), "second"), before));
        var written = await world.ObserveAsync();
        Assert.Equal(1, written.Record!.NextIndex);

        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.WriteRecord(OneMemberWorld.Record(3), "third"), written));
        NotYet(await world.ExecuteAsync(new EtcdStep.WriteRecord(OneMemberWorld.Record(4), "fourth"), written));
        Assert.Equal(3, (await world.ObserveAsync()).Record!.NextIndex);
    }

    [Fact]
    public async Task An_object_of_someone_else_is_seen_and_left_alone()
    {
        await using var world = await OneMemberWorld.StartAsync("3.5.16");
        await world.Client.CoreV1.CreateNamespacedServiceAsync(
            new V1Service
            {
                Metadata = new V1ObjectMeta { Name = Names.PeerService },
                Spec = new V1ServiceSpec { ClusterIP = "None", Ports = [new V1ServicePort { Name = "theirs", Port = 1 }] },
            },
            "default",
            cancellationToken: Token
        );
        Assert.Contains("left alone", NotYet(await world.ExecuteAsync(new EtcdStep.ApplyShared(1))), StringComparison.Ordinal);
        var service = await world.Client.CoreV1.ReadNamespacedServiceAsync(Names.PeerService, "default", cancellationToken: Token);
        Assert.Equal("theirs", Assert.Single(service.Spec.Ports).Name);

        await world.View.Services.WaitAsync(objects => objects.ContainsKey(new("default", Names.PeerService)), Token);
        var live = await world.ObserveAsync();
        Assert.Equal([$"Service/{Names.PeerService}"], live.Foreign);
        Assert.Null(live.Shared.PeerServiceHash);
    }

    [Fact]
    public async Task The_voter_label_is_given_and_taken_on_template_and_pod()
    {
        await using var world = await OneMemberWorld.StartSeededAsync();
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.AddToClientService(0)));
        var admitted = Assert.Single((await world.ObserveAsync()).Members);
        Assert.True(admitted is { StatefulSet.VoterRole: true, Pod.VoterRole: true });
        Assert.Equal(EtcdRendering.StatefulSetHash(world.Desired(1), 0), admitted.StatefulSet!.SpecHash);

        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.RemoveFromClientService(0)));
        Assert.True(Assert.Single((await world.ObserveAsync()).Members) is { StatefulSet.VoterRole: false, Pod.VoterRole: false });
        var pod = await world.Client.CoreV1.ReadNamespacedPodAsync(Names.Pod(0), "default", cancellationToken: Token);
        Assert.False(pod.Metadata.Labels.ContainsKey(ObjectLabels.Role));
    }

    [Fact]
    public async Task A_StatefulSet_is_deleted_only_under_the_uid_that_was_seen()
    {
        await using var world = await OneMemberWorld.StartSeededAsync();
        NotYet(await world.ExecuteAsync(new EtcdStep.DeleteMember(0, "another-uid")));
        var live = await world.ObserveAsync();
        var uid = Assert.Single(live.Members).StatefulSet!.Uid;
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.DeleteMember(0, uid)));
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.DeleteMember(0, uid)));
        Assert.Null(world.View.ConfigMaps.Find("default", Names.Boot(0)));
    }

    [Fact]
    public async Task Restoring_puts_back_a_sealed_boot_and_leaves_a_StatefulSet_that_is_there()
    {
        await using var world = await OneMemberWorld.StartSeededAsync();
        await world.Client.CoreV1.DeleteNamespacedConfigMapAsync(Names.Boot(0), "default", cancellationToken: Token);
        await world.View.ConfigMaps.WaitAsync(objects => !objects.ContainsKey(new("default", Names.Boot(0))), Token);
        var before = Assert.Single((await world.ObserveAsync()).Members).StatefulSet;
        Assert.IsType<StepOutcome.Done>(await world.ExecuteAsync(new EtcdStep.RestoreMember(0, VoterRole: true)));
        var after = Assert.Single((await world.ObserveAsync()).Members);
        Assert.True(after.Boot!.Sealed);
        Assert.Equal(before, after.StatefulSet);
    }

    private static string NotYet(StepOutcome outcome) => Assert.IsType<StepOutcome.NotYet>(outcome).Reason;
}
