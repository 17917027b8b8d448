using System.Collections.Concurrent;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.TestKit;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Drift.Tests.Cache;

/// <summary>
/// What the operator believes of the live cluster against a full list, after faults of every kind at random. The server is a real one over
/// TLS that forgets its history after a few changes, so that 410 comes from it too; the faults are put into the way there.
/// </summary>
[Trait("takes", "long")]
public sealed class WatchFaultTests
{
    private const int TimesEach = 3;
    private const int Remembered = 20;
    private const string Anchor = "anchor";

    private static readonly string[] Expected = ["refused", "500", "410", "429", "broken off", "ended in the middle", "silent"];
    private static readonly OwnerId Owner = new("default");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_happens_to_lists_and_watches_nothing_is_missed(int seed)
    {
        var random = new Random(seed);
        var options = new ApiServerOptions { HistoryLimit = Remembered, BookmarkInterval = TimeSpan.FromMilliseconds(50) };
        await using var server = await ApiServer.StartAsync(options, Token);
        using var writer = new Kubernetes(server.ClientConfiguration());
        var line = new FragileLine(new(seed));
        using var connection = ApiConnection.Open(server.ClientConfiguration(), MaxAge, new HastyTime(), [], [line]);
        var cache = new KubernetesCache(connection, Owner, new() { MaxAge = MaxAge }, new HastyTime(), NullLoggerFactory.Instance);
        var announced = new ConcurrentDictionary<ObjectKey, string?>();
        var lostSight = 0;
        CachedKind<V1ConfigMap>? maps = null;
        maps = cache.Request<V1ConfigMap>(
            ApiResources.ConfigMaps,
            CacheContent.OwnedAndNames,
            item =>
            {
                var key = ObjectKey.Of(item);
                announced[key] = maps!.Find(key.Namespace, key.Name)?.ResourceVersion();
                lostSight += key.Name == Anchor && announced[key] is null ? 1 : 0;
            }
        );
        await writer.CoreV1.CreateNamespacedConfigMapAsync(
            Map(Anchor, 0, OwnLabels),
            "default",
            fieldManager: ObjectLabels.FieldManager,
            cancellationToken: Token
        );
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var watching = cache.RunAsync(stop.Token);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        var change = 0;
        while (Expected.Any(fault => line.Faults.GetValueOrDefault(fault) < TimesEach))
        {
            Assert.False(
                limit.IsCancellationRequested,
                $"seed {seed} has not met every fault {TimesEach} times in time: {string.Join(", ", line.Faults)}; {watching.Exception}"
            );
            await ChangeAsync(writer, random, ++change);
        }

        line.Mend();
        var listed = (await writer.CoreV1.ListConfigMapForAllNamespacesAsync(cancellationToken: Token)).Items.ToDictionary(item =>
            ObjectKey.Of(item)
        );
        await Eventually.SucceedsAsync(
            () =>
            {
                Assert.Equal(listed.Values.Select(Expectation).Order(), maps.Objects.Values.Select(Seen).Order());
                return Task.CompletedTask;
            },
            () => $"seed {seed}: {string.Join(", ", line.Faults)}; {watching.Exception}",
            Token
        );

        // Nothing may wait for a word that never comes: of each object that there ever was, the last state was announced.
        Assert.All(announced, told => Assert.Equal(listed.GetValueOrDefault(told.Key)?.ResourceVersion(), told.Value));
        Assert.Subset(announced.Keys.ToHashSet(), listed.Keys.ToHashSet());

        // Two watches tell of one object, which was there all the time, whatever labels it bore.
        Assert.Equal(0, lostSight);
        Assert.False(watching.IsCompleted);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"seed {seed}, {change} changes: {string.Join(", ", line.Faults.OrderBy(fault => fault.Key))}"
        );
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    /// <summary>A second by the hasty clock: longer than the server takes for an answer.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<string, string> OwnLabels = new() { [ObjectLabels.Owner] = Owner.Label };
    private static readonly Dictionary<string, string> OthersLabels = new() { [ObjectLabels.Owner] = "another" };

    /// <summary>Ours whole, also where somebody has taken the label off; of the rest that it is there.</summary>
    private static string Expectation(V1ConfigMap item) =>
        $"{item.Namespace()}/{item.Name()}@{item.ResourceVersion()}: "
        + (Ownership.IsOurs(item.Metadata, Owner) ? item.Data["number"] : "a name");

    private static string Seen(V1ConfigMap item) =>
        $"{item.Namespace()}/{item.Name()}@{item.ResourceVersion()}: {(item.Data is { } data ? data["number"] : "a name")}";

    private static async Task ChangeAsync(Kubernetes writer, Random random, int number)
    {
        var isAnchor = random.Next(4) == 0;
        var name = isAnchor ? Anchor : $"item-{random.Next(12)}";
        var @namespace = isAnchor || random.Next(2) == 0 ? "default" : "kube-system";
        var labels = random.Next(3) switch
        {
            0 => OwnLabels,
            1 => null,
            _ => isAnchor ? null : OthersLabels,
        };
        var found = await writer.CoreV1.ListNamespacedConfigMapAsync(
            @namespace,
            fieldSelector: $"metadata.name={name}",
            cancellationToken: Token
        );
        var standing = found.Items.SingleOrDefault();
        if (standing is null)
        {
            await writer.CoreV1.CreateNamespacedConfigMapAsync(
                Map(name, number, labels),
                @namespace,
                fieldManager: random.Next(2) == 0 ? ObjectLabels.FieldManager : "somebody",
                cancellationToken: Token
            );
        }
        else if (!isAnchor && random.Next(3) == 0)
        {
            await writer.CoreV1.DeleteNamespacedConfigMapAsync(name, @namespace, cancellationToken: Token);
        }
        else
        {
            standing.Data["number"] = $"{number}";
            standing.Metadata.Labels = labels;
            await writer.CoreV1.ReplaceNamespacedConfigMapAsync(standing, name, @namespace, cancellationToken: Token);
        }
    }

    private static V1ConfigMap Map(string name, int number, IDictionary<string, string>? labels) =>
        new()
        {
            Metadata = new() { Name = name, Labels = labels },
            Data = new Dictionary<string, string> { ["number"] = $"{number}" },
        };
}
