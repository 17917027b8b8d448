using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Reconcile.Deciding;

namespace GitOpsOperator.Domains.Prometheus.Tests.Proofs;

[Trait("takes", "long")]
public sealed class PrometheusProofTests(ITestOutputHelper output)
{
    private const int TooMany = 400_000;

    /// <summary>What git may want: changes that are told to processes, that restart them, that move targets, that are refused, that wait
    /// for an approval.</summary>
    private static readonly Dictionary<char, (string Spec, bool IsRefused)> Wishes = new()
    {
        ['a'] = ("replicas: 2", false),
        ['b'] = ("replicas: 2\nscrapeInterval: 10s", false),
        ['c'] = ("replicas: 2\nexternalUrl: https://prometheus.example", false),
        ['e'] = ("replicas: 2\nretention: 5d", false),
        ['r'] = ("replicas: 2\nscrapeInterval: 11s", true),
        ['1'] = ("replicas: 1", false),
        ['2'] = ("replicas: 1\nshards: 2", false),
        ['s'] = ("replicas: 1\nshards: 2\nscrapeInterval: 11s", true),
        ['i'] = ("replicas: 1\nshards: 2\nscrapeInterval: 10s", false),
    };

    [Theory]
    [InlineData("abr")]
    [InlineData("ace")]
    [InlineData("ac1")]
    [InlineData("12")]
    [InlineData("12i")]
    [InlineData("12s")]
    public async Task In_every_world_that_can_be_reached_each_step_is_safe_and_each_way_ends(string desired)
    {
        var explorer = await ExploreAsync(desired, Next);

        output.WriteLine($"states explored: {explorer.States}, transitions: {explorer.Transitions} (Prometheus, wishes {desired})");
        foreach (var (end, times) in explorer.Ends)
        {
            output.WriteLine($"  ends {end}: {times}");
        }

        Assert.True(explorer.Broken.Count == 0, string.Join("\n\n", explorer.Broken.Select(b => $"{b.Key}:\n  {b.Value}")));
        Assert.True(explorer.Ends["Converged"] >= 1);
    }

    /// <summary>A property that nothing can break proves nothing: each planner here is wrong in one way and is caught by name.</summary>
    [Theory]
    [InlineData(nameof(PrometheusMutants.RestartsWithoutWaiting), "ac", "one-restart-at-a-time")]
    [InlineData(nameof(PrometheusMutants.RestartsWithoutWaiting), "ac", "no-target-is-let-go")]
    [InlineData(nameof(PrometheusMutants.ReloadsWithoutWaiting), "12", "no-target-is-let-go")]
    [InlineData(nameof(PrometheusMutants.NeedsNoApproval), "ae", "no-history-goes-without-an-approval")]
    [InlineData(nameof(PrometheusMutants.TriesWhatWasRefused), "ar", "what-was-refused-is-not-published-again")]
    [InlineData(nameof(PrometheusMutants.ConfirmsTooEarly), "ab", "only-what-is-at-work-is-confirmed")]
    [InlineData(nameof(PrometheusMutants.ForgetsToBegin), "ac", "converged-is-as-desired")]
    public async Task A_wrong_planner_is_caught(string mutant, string desired, string property)
    {
        var explorer = await ExploreAsync(desired, PrometheusMutants.ByName[mutant]);

        Assert.True(
            explorer.Broken.ContainsKey(property),
            $"{mutant} broke {string.Join(", ", explorer.Broken.Keys.DefaultIfEmpty("nothing"))}"
        );
        output.WriteLine(explorer.Broken[property]);
    }

    private static Decision<PrometheusStep> Next(PrometheusDesiredState wish, PrometheusLive live) =>
        PrometheusPlanner.Decide(wish.Desired, live, wish.Hashes).Decision;

    private static async Task<PrometheusExplorer> ExploreAsync(
        string desired,
        Func<PrometheusDesiredState, PrometheusLive, Decision<PrometheusStep>> next
    )
    {
        var wishes = ImmutableArray.CreateBuilder<PrometheusDesiredState>();
        foreach (var name in desired)
        {
            wishes.Add(await PrometheusDesiredState.OfAsync(name, Wishes[name].Spec, Wishes[name].IsRefused));
        }

        var explorer = new PrometheusExplorer(wishes.ToImmutable(), next);
        explorer.Explore(TooMany, TestContext.Current.CancellationToken);
        return explorer;
    }
}
