using GitOpsOperator.Drift.Etcd;
using GitOpsOperator.Reconcile.Etcd;
using GitOpsOperator.Reconcile.Tests.Etcd.Planning;

namespace GitOpsOperator.Reconcile.Tests.Etcd.Proofs;

public sealed class PlannerProofTests(ITestOutputHelper output)
{
    private const int TooMany = 400_000;

    [Theory]
    [InlineData(false, 5)]
    [InlineData(true, 3)]
    public void In_every_world_that_can_be_reached_each_step_is_safe_and_each_way_ends(bool ephemeral, int largest)
    {
        var explorer = Explore(Scene.Next, ephemeral, largest, TooMany);

        output.WriteLine($"states explored: {explorer.States}");
        foreach (var (end, times) in explorer.Ends)
        {
            output.WriteLine($"  ends {end}: {times}");
        }

        Assert.True(explorer.Broken.Count == 0, string.Join("\n\n", explorer.Broken.Select(b => $"{b.Key}:\n  {b.Value}")));
        Assert.True(explorer.Ends["Converged"] >= largest);

        // After one fault people are needed only here: a single copy of the data is gone, three newcomers in a row would not start,
        // or someone deleted a StatefulSet and told Kubernetes to leave its pod.
        Assert.Equal(["Blocked joins-keep-failing", "Blocked pod-without-statefulset", "Blocked quorum-lost", "Converged"], explorer.Ends.Keys);
    }

    /// <summary>A property that nothing can break proves nothing: each planner here is wrong in one way and is caught by name.</summary>
    [Theory]
    [InlineData(nameof(Mutants.GateOff), "quorum-is-kept")]
    [InlineData(nameof(Mutants.TwoLearners), "one-learner-at-a-time")]
    [InlineData(nameof(Mutants.HealthyFirst), "the-dead-leave-before-the-healthy")]
    [InlineData(nameof(Mutants.StartsUnsealedAgain), "no-unsealed-start-after-the-first")]
    [InlineData(nameof(Mutants.PromotesAtOnce), "only-the-ready-are-promoted")]
    [InlineData(nameof(Mutants.StopsBeforeRemoving), "no-listed-member-is-stopped")]
    [InlineData(nameof(Mutants.ForgetsItsIntent), "no-cycle")]
    [InlineData(nameof(Mutants.NeverRestores), "waits-end")]
    public void A_wrong_planner_is_caught(string mutant, string property)
    {
        var explorer = Explore(Mutants.ByName[mutant], ephemeral: false, largest: 3, TooMany, until: property);

        output.WriteLine($"states explored: {explorer.States}");
        Assert.True(explorer.Broken.ContainsKey(property), $"{mutant} broke {string.Join(", ", explorer.Broken.Keys.DefaultIfEmpty("nothing"))}");
        output.WriteLine(explorer.Broken[property]);
    }

    private static Explorer Explore(Func<EtcdDesired, EtcdLive, Decision<EtcdStep>> next, bool ephemeral, int largest, int atMost, string? until = null)
    {
        var explorer = new Explorer(next, largest);
        explorer.Explore(ephemeral, atMost, until, TestContext.Current.CancellationToken);
        return explorer;
    }
}
