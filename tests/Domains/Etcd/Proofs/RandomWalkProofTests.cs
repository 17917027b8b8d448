using System.Globalization;
using GitOpsOperator.Domains.Etcd.Tests.Planning;
using GitOpsOperator.TestKit.Runs;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

[Trait("takes", "long")]
public sealed class RandomWalkProofTests(ITestOutputHelper output)
{
    /// <summary>Seven members are too many for all of their worlds. <c>make test</c> walks one way by a printed seed, <c>make test-long</c>
    /// fifty.</summary>
    [Fact]
    public void On_random_ways_of_seven_members_each_step_is_safe()
    {
        const int Moves = 200_000;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TEST_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Environment.TickCount & 0xffff;
        var walks = LongTests.Chosen ? 50 : 1;
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
}
