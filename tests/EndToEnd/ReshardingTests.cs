using System.Collections.Immutable;
using static GitOpsOperator.EndToEnd.Tests.PrometheusDocuments;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>Targets move between shards, and are looked for in each of them all the while.</summary>
public sealed class ReshardingTests(ITestOutputHelper output)
{
    private const string Job = "scrapeConfig/default/loopback";

    private static readonly ImmutableArray<string> Targets = [.. Enumerable.Range(1, 12).Select(number => $"127.0.0.{number}:9090")];

    /// <summary>Every Prometheus answers at each of its own loopback addresses, so that all targets are up wherever they are
    /// scraped.</summary>
    private static readonly string Loopback = $$"""
        apiVersion: monitoring.coreos.com/v1alpha1
        kind: ScrapeConfig
        metadata:
          name: loopback
        spec:
          staticConfigs:
          - targets: [{{string.Join(", ", Targets.Select(target => $"\"{target}\""))}}]
          scrapeInterval: 1s
          scrapeTimeout: 1s
        """;

    [Fact]
    public async Task No_target_is_let_go_before_another_shard_has_it_and_a_shard_that_is_kept_scrapes_nothing_and_answers()
    {
        LongTests.Only();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var run = await PrometheusRun.StartAsync(cancellationToken);
        await run.CommitAsync("loopback.yaml", Loopback, cancellationToken);
        await run.CommitAsync("main.yaml", WithShards(1), cancellationToken);
        await run.ConvergedAsync(1, cancellationToken);
        await run.UntilAsync("all targets", async token => (await OfAsync(run, 0, token)).Count == Targets.Length, cancellationToken);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var looks = LookAsync(run, stop.Token);
        await run.CommitAsync("main.yaml", WithShards(3), cancellationToken);
        await run.ConvergedAsync(3, cancellationToken);
        await run.UntilAsync(
            "its share in each shard",
            async token =>
                (await OfAsync(run, 1, token)).Count > 0
                && (await OfAsync(run, 2, token)).Count > 0
                && (await OfAsync(run, 0, token)).Count < Targets.Length,
            cancellationToken
        );

        await run.CommitAsync("main.yaml", WithShards(1), cancellationToken);
        await run.UntilAsync(
            "all targets in the first shard again",
            async token =>
                (await OfAsync(run, 0, token)).Count == Targets.Length
                && (await OfAsync(run, 1, token)).Count == 0
                && (await OfAsync(run, 2, token)).Count == 0,
            cancellationToken
        );
        await run.UntilStatusAsync(
            "converged with one shard",
            text =>
                text.Contains("phase: Converged", StringComparison.Ordinal)
                && text.Contains("desired: 1 replica of", StringComparison.Ordinal),
            cancellationToken
        );
        await stop.CancelAsync();
        var seen = await looks;

        var (unscraped, twice) = (
            seen.Sum(look => Targets.Length - look.Count),
            seen.Sum(look => look.Count(target => target.Count() > 1))
        );
        output.WriteLine(
            $"resharding 1 to 3 to 1: {seen.Count} looks at {Targets.Length} targets, unscraped {unscraped}, scraped twice {twice}"
        );
        output.WriteLine(string.Join(", ", seen.Select(look => $"{look.Count}+{look.Count(target => target.Count() > 1)}")));
        Assert.True(seen.Count > 10, "it was hardly looked at");
        Assert.Equal(0, unscraped);

        // What the second shard has gathered is still there to be asked for.
        var kept = await run.AskAsync(
            "prometheus-main-shard-1-0",
            $"/api/v1/query?query=count(count_over_time(up%7Bjob%3D%22{Uri.EscapeDataString(Job)}%22%7D%5B5m%5D))",
            cancellationToken
        );
        Assert.NotEqual(0, kept.GetProperty("result").GetArrayLength());
        await run.AgreesWithTheModelAsync(cancellationToken);
    }

    /// <summary>Looks about each second which shard has which target.</summary>
    private static async Task<List<ILookup<string, int>>> LookAsync(PrometheusRun run, CancellationToken cancellationToken)
    {
        var looks = new List<ILookup<string, int>>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                // All at once, since a target may move while they are asked.
                var shards = await Task.WhenAll(
                    Enumerable
                        .Range(0, 3)
                        .Select(async shard => (await OfAsync(run, shard, cancellationToken)).Select(target => (target, shard)))
                );
                looks.Add(shards.SelectMany(targets => targets).ToLookup(entry => entry.target, entry => entry.shard));
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to end.
        }

        return looks;
    }

    /// <summary>The targets of a shard; none where it does not answer, which is not there yet or gone.</summary>
    private static async Task<IReadOnlyList<string>> OfAsync(PrometheusRun run, int shard, CancellationToken cancellationToken)
    {
        var pod = shard == 0 ? "prometheus-main-0" : $"prometheus-main-shard-{shard}-0";
        return await run.AddressAsync(pod, cancellationToken) is not { } address
            ? []
            : [.. (await run.TargetsAsync(address, Job, cancellationToken)).Select(url => new Uri(url).Authority)];
    }

    private static string WithShards(int shards) => Prometheus(Binaries.Prometheus(Binaries.Newest), more: $"  shards: {shards}");
}
