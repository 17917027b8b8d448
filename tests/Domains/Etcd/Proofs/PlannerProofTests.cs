using System.Globalization;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

[Trait("takes", "long")]
public sealed class PlannerProofTests(ITestOutputHelper output)
{
    private const int TooMany = 2_000_000;

    // After one fault people are needed only here: a single copy of the data is gone, three newcomers in a row would not start,
    // someone deleted a StatefulSet and told Kubernetes to leave its pod, a node is lost, be it the founder's, a newcomer cannot be
    // started, or of two members somebody has removed one, which the other alone does not prove.
    private static readonly string[] Ends =
    [
        "Converged",
        "Blocked joins-keep-failing",
        "Blocked member-without-node",
        "Blocked member-cannot-start",
        "Blocked departure-unconfirmed",
        "Blocked seed-does-not-start",
        "Blocked pod-without-statefulset",
        "Blocked quorum-lost",
    ];

    // And here: a version does not start, or must not be gone to. It is found out late where git went back while the last member was
    // silent, and that one came back with the new version after all.
    private static readonly string[] EndsOfUpgrades =
    [
        .. Ends,
        "Blocked update-failed",
        "Blocked snapshot-failed",
        "Blocked version-jump",
        "Blocked version-downgrade",
        "Refused version-downgrade",
        "Refused version-jump",
    ];

    [Theory]
    [InlineData(false, 5, 1, true)]
    [InlineData(true, 3, 2, true)]
    [InlineData(false, 3, 2, true)]
    [InlineData(false, 2, 3, true)]
    [InlineData(false, 4, 2, false)]
    public void In_every_world_that_can_be_reached_each_step_is_safe_and_each_way_ends(
        bool ephemeral,
        int largest,
        int versions,
        bool resizing
    )
    {
        var explorer = Explore(Scene.Next, new(largest, versions, resizing), ephemeral, TooMany);

        output.WriteLine(
            $"states explored: {explorer.States}, transitions: {explorer.Transitions} (up to {largest} members, {versions} versions)"
        );
        foreach (var (end, times) in explorer.Ends)
        {
            output.WriteLine($"  ends {end}: {times}");
        }

        Assert.True(explorer.Broken.Count == 0, string.Join("\n\n", explorer.Broken.Select(b => $"{b.Key}:\n  {b.Value}")));
        Assert.True(explorer.Ends["Converged"] >= (resizing ? largest : 1));

        Assert.Empty(explorer.Ends.Keys.Except(versions > 1 ? EndsOfUpgrades : Ends));
    }

    /// <summary>
    /// Two things go wrong at once. A majority of three may be gone then, which is nobody's doing here; that no step of ours makes it
    /// worse, and that what is waited for is said, holds as before.
    /// </summary>
    [Theory]
    [InlineData(3, 1, true)]
    [InlineData(2, 2, false)]
    [InlineData(5, 1, false)]
    public void With_two_things_wrong_at_once_each_step_is_safe_too(int largest, int versions, bool resizing)
    {
        var explorer = Explore(Scene.Next, new(largest, versions, resizing, Faults: 2), ephemeral: false, TooMany);

        output.WriteLine(
            $"states explored: {explorer.States}, transitions: {explorer.Transitions} (up to {largest} members, two things wrong at once)"
        );
        foreach (var (end, times) in explorer.Ends)
        {
            output.WriteLine($"  ends {end}: {times}");
        }

        Assert.True(explorer.Broken.Count == 0, string.Join("\n\n", explorer.Broken.Select(b => $"{b.Key}:\n  {b.Value}")));
        Assert.True(explorer.Ends["Converged"] >= (resizing ? largest : 1));
        Assert.Empty(
            explorer.Ends.Keys.Except([.. versions > 1 ? EndsOfUpgrades : Ends, "Blocked several-members-silent", "Blocked nothing-left"])
        );
    }

    /// <summary>Seven members are too many for all of their worlds. <c>make test</c> walks one way by a printed seed, <c>make test-long</c>
    /// fifty.</summary>
    [Fact]
    public void On_random_ways_of_seven_members_each_step_is_safe()
    {
        const int Moves = 200_000;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TEST_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Environment.TickCount & 0xffff;
        var walks = Environment.GetEnvironmentVariable("TEST_LONG") == "1" ? 50 : 1;
        output.WriteLine($"TEST_SEED={seed}, walks: {walks}, moves: {walks * Moves}");
        for (var walk = 0; walk < walks; walk++)
        {
            var random = new RandomWalk(Scene.Next, new(7, 3, true, Faults: 2), seed + walk);
            random.Walk(Moves, TestContext.Current.CancellationToken);
            Assert.True(
                random.Broken.Count == 0,
                $"TEST_SEED={seed + walk}\n{string.Join("\n\n", random.Broken.Select(b => $"{b.Key}:\n  {b.Value}"))}"
            );
            output.WriteLine($"seed {seed + walk}: as desired {random.Arrivals} times, {random.MaxVoters} voters at most");
            Assert.True(random.Arrivals > 0 && random.MaxVoters >= 7, "the walk came nowhere");
        }
    }

    [Theory]
    [InlineData(nameof(Mutants.ForgetsNodes), "none-whose-node-may-come-back-is-replaced")]
    [InlineData(nameof(Mutants.PromotesAtOnce), "only-the-ready-are-promoted")]
    [InlineData(nameof(Mutants.RemovesBeforeMoving), "leadership-leaves-before-the-member")]
    public void A_wrong_planner_is_caught_on_a_random_way_too(string mutant, string property)
    {
        var random = new RandomWalk(Mutants.ByName[mutant], new(7, 3, true, Faults: 2), seed: 1);
        random.Walk(20_000, TestContext.Current.CancellationToken);

        Assert.Contains(property, random.Broken.Keys);
    }

    /// <summary>A property that nothing can break proves nothing: each planner here is wrong in one way and is caught by name.</summary>
    [Theory]
    [InlineData(nameof(Mutants.GateOff), "quorum-is-kept")]
    [InlineData(nameof(Mutants.GateOff), "one-restart-at-a-time")]
    [InlineData(nameof(Mutants.LeaderFirst), "the-leader-hands-over-first")]
    [InlineData(nameof(Mutants.RestartsUnannounced), "a-restart-is-recorded")]
    [InlineData(nameof(Mutants.AcceptsAnyVersion), "versions-within-one-minor")]
    [InlineData(nameof(Mutants.TwoLearners), "one-learner-at-a-time")]
    [InlineData(nameof(Mutants.BelievesItsOwnEyesAlone), "none-that-runs-is-replaced")]
    [InlineData(nameof(Mutants.ForgetsNodes), "none-whose-node-may-come-back-is-replaced")]
    [InlineData(nameof(Mutants.BelievesAnyList), "no-listed-member-is-taken-for-gone")]
    [InlineData(nameof(Mutants.DeletesWhatAnyListLacks), "no-listed-member-is-stopped")]
    [InlineData(nameof(Mutants.BelievesLastWords), "only-lost-data-is-taken-for-lost")]
    [InlineData(nameof(Mutants.CountsWhatCouldNotAnswer), "none-that-could-not-answer-is-replaced")]
    [InlineData(nameof(Mutants.HealthyFirst), "the-dead-leave-before-the-healthy")]
    [InlineData(nameof(Mutants.RemovesBeforeMoving), "leadership-leaves-before-the-member")]
    [InlineData(nameof(Mutants.ServesLearners), "clients-only-to-sealed-voters")]
    [InlineData(nameof(Mutants.StartsUnsealedAgain), "no-unsealed-start-after-the-first")]
    [InlineData(nameof(Mutants.PromotesAtOnce), "only-the-ready-are-promoted")]
    [InlineData(nameof(Mutants.StopsBeforeRemoving), "no-listed-member-is-stopped")]
    [InlineData(nameof(Mutants.ForgetsItsIntent), "no-cycle")]
    [InlineData(nameof(Mutants.NeverRestores), "waits-end")]
    public void A_wrong_planner_is_caught(string mutant, string property)
    {
        var explorer = Explore(
            Mutants.ByName[mutant],
            mutant == nameof(Mutants.AcceptsAnyVersion) ? new(2, 3, true) : new(3, 2, true),
            ephemeral: false,
            TooMany,
            until: property
        );

        output.WriteLine($"states explored: {explorer.States}");
        Assert.True(
            explorer.Broken.ContainsKey(property),
            $"{mutant} broke {string.Join(", ", explorer.Broken.Keys.DefaultIfEmpty("nothing"))}"
        );
        output.WriteLine(explorer.Broken[property]);
    }

    private static Explorer Explore(
        Func<EtcdDesired, EtcdLive, Decision<EtcdStep>> next,
        Scope scope,
        bool ephemeral,
        int atMost,
        string? until = null
    )
    {
        var explorer = new Explorer(next, scope);
        explorer.Explore(ephemeral, atMost, until, TestContext.Current.CancellationToken);
        return explorer;
    }
}
