using GitOpsOperator.TestKit.Runs;

namespace GitOpsOperator.Domains.Etcd.Tests.Proofs;

[Trait("takes", "long")]
public sealed class MutantProofTests(ITestOutputHelper output)
{
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
    [InlineData(nameof(Mutants.TakesTheEndingForBack), "only-another-pod-is-back")]
    [InlineData(nameof(Mutants.CountsTheEnding), "one-restart-at-a-time")]
    [InlineData(nameof(Mutants.RemovesWhoAnswersAgain), "one-that-answers-again-stays")]
    [InlineData(nameof(Mutants.PromotesAtHalf), "only-the-ready-are-promoted")]
    [InlineData(nameof(Mutants.NeverSealsTheSeed), "converged-is-sealed")]
    [InlineData(nameof(Mutants.RetainsNothing), "a-replaced-volume-goes-last")]
    [InlineData(nameof(Mutants.ReleasesEarly), "a-replaced-volume-goes-last")]
    [InlineData(nameof(Mutants.NeverRestores), "waits-end")]
    public void A_wrong_planner_is_caught(string mutant, string property)
    {
        LongTests.Only();
        var explorer = Exploration.Run(
            Mutants.ByName[mutant],
            mutant == nameof(Mutants.AcceptsAnyVersion) ? new(2, 3, true) : new(3, 2, true),
            until: property
        );

        output.WriteLine($"states explored: {explorer.States}");
        Assert.True(
            explorer.Broken.ContainsKey(property),
            $"{mutant} broke {string.Join(", ", explorer.Broken.Keys.DefaultIfEmpty("nothing"))}"
        );
        output.WriteLine(explorer.Broken[property]);
    }
}
