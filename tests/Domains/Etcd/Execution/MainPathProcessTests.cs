using System.Collections.Concurrent;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Loop;
using GitOpsOperator.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Domains.Etcd.Tests.Execution;

/// <summary>Observe, decide, act: the real observer, planner and executor on a real etcd and the in-process API server.</summary>
[Collection(nameof(CountsEtcdCalls))]
[Trait("starts", "processes")]
public sealed class MainPathProcessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData("3.4.23"), InlineData("3.5.16")]
    public async Task From_nothing_to_a_sealed_voter_then_rest_then_a_learner(string version)
    {
        await using var world = await OneMemberWorld.StartAsync(version);
        using var calls = new EtcdCalls();
        var passes = new ConcurrentQueue<PassResult<EtcdDesired, EtcdLive, EtcdStep>>();
        var faults = new ConcurrentQueue<Exception>();
        var reconciler = new ClusterReconciler<EtcdDesired, EtcdLive, EtcdStep>(
            OneMemberWorld.Cluster,
            (desired, token) => world.Observer.ObserveAsync(desired.Cluster, desired.Owner, token),
            EtcdPlanner.Next,
            world.Executor.ExecuteAsync,
            world.View.ChangesOf("default", "orders"),
            new ReconcileTiming { Resync = TimeSpan.FromMilliseconds(300) },
            TimeProvider.System,
            NullLogger.Instance
        )
        {
            Passed = passes.Enqueue,
            Failed = faults.Enqueue,
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = reconciler.RunAsync(stop.Token);

        reconciler.Desire(world.Desired(1));
        await world.RunSeedAsync();
        await Eventually.TrueAsync(() => passes.LastOrDefault()?.Decision is Decision<EtcdStep>.Converged, Story(passes, faults), Token);

        var live = passes.Last().Live;
        var member = Assert.Single(live.Members);
        Assert.Equal(live.Membership!.ClusterId, live.Record!.ClusterId);
        Assert.True(member.Boot!.Sealed);
        Assert.True(member.StatefulSet!.VoterRole);
        Assert.True(member.Pod!.VoterRole);
        Assert.Empty(faults);

        // At rest no look costs a call to Kubernetes, and the calls to etcd are a few.
        var (kubernetesCalls, etcdCalls, seen) = (world.KubernetesCalls, calls.Total, passes.Count);
        await Eventually.TrueAsync(() => passes.Count >= seen + 5, "five more passes", Token);
        var looks = passes.Count - seen;
        Assert.Equal(kubernetesCalls, world.KubernetesCalls);
        Assert.InRange(calls.Total - etcdCalls, 4 * (looks - 1), 4 * (looks + 1));

        reconciler.Desire(world.Desired(3));
        await Eventually.TrueAsync(() => world.View.StatefulSets.Find("default", "orders-1") is not null, Story(passes, faults), Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.Equal(1, calls.Of("MemberAdd"));
        var boot = world.View.ConfigMaps.Find("default", "orders-1-boot")!;
        Assert.Equal("existing", boot.Data[EtcdBoot.StateKey]);
        Assert.Equal(
            $"orders-0={OneMemberWorld.Names.PeerUrl(0)},orders-1={OneMemberWorld.Names.PeerUrl(1)}",
            boot.Data[EtcdBoot.InitialClusterKey]
        );
        var after = await world.ObserveAsync();
        Assert.Equal(
            new MemberEntry(after.Members[1].Entry!.Id, "", OneMemberWorld.Names.PeerUrl(1), IsLearner: true),
            after.Members[1].Entry
        );
        Assert.Equal(new EtcdIntent.Add(1), after.Record!.Intent);
        Assert.Empty(faults);
    }

    private static Func<string> Story(IEnumerable<PassResult<EtcdDesired, EtcdLive, EtcdStep>> passes, IEnumerable<Exception> faults) =>
        () => $"{string.Join('\n', passes.Select(pass => $"{pass.Decision} -> {pass.Outcome}").Distinct())}\n{string.Join('\n', faults)}";
}

/// <summary>The meter is one for the process, so tests that count do not run side by side.</summary>
[CollectionDefinition(nameof(CountsEtcdCalls), DisableParallelization = true)]
public sealed class CountsEtcdCalls;
