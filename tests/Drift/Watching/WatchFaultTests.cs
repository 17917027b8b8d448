using System.Collections.Concurrent;
using GitOpsOperator.Drift.Watching;
using GitOpsOperator.Sandbox.Api;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace GitOpsOperator.Drift.Tests.Watching;

/// <summary>
/// What the operator believes of the live cluster against a full list, after faults of every kind at random. The server is a real one over
/// TLS that forgets its history after a few changes, so that 410 comes from it too; the faults are put into the way there.
/// </summary>
public sealed class WatchFaultTests
{
    private const int TimesEach = 3;
    private const int Remembered = 20;

    private static readonly string[] Expected = ["refused", "500", "410", "429", "broken off", "ended in the middle", "silent"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_happens_to_lists_and_watches_nothing_is_missed(int seed)
    {
        var random = new Random(seed);
        await using var server = await ApiServer.StartAsync(new() { HistoryLimit = Remembered, BookmarkInterval = TimeSpan.FromMilliseconds(50) }, Token);
        using var writer = new Kubernetes(server.ClientConfiguration());
        var line = new FragileLine(new(seed));
        using var reader = new Kubernetes(server.ClientConfiguration(), new BoundedCalls(new HastyTime()), line);
        var announced = new ConcurrentDictionary<ObjectKey, string?>();
        Reflector<V1ConfigMap, V1ConfigMapList>? reflector = null;
        reflector = new(
            Collections.ConfigMaps(reader, null), item => item, item => announced[ObjectKey.Of(item)] = reflector!.Find(item.Namespace(), item.Name())?.ResourceVersion(),
            new HastyTime(), NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var watching = reflector.RunAsync(stop.Token);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        var change = 0;
        while (Expected.Any(fault => line.Faults.GetValueOrDefault(fault) < TimesEach))
        {
            Assert.False(limit.IsCancellationRequested, $"seed {seed} has not met every fault {TimesEach} times in time: {string.Join(", ", line.Faults)}; {watching.Exception}");
            await ChangeAsync(writer, random, ++change);
        }

        line.Mend();
        var listed = (await writer.CoreV1.ListConfigMapForAllNamespacesAsync(cancellationToken: Token)).Items.ToDictionary(item => ObjectKey.Of(item), item => item.ResourceVersion());
        await Eventually.SucceedsAsync(
            () =>
            {
                Assert.Equal(Pairs(listed), Pairs(reflector.Objects.ToDictionary(pair => pair.Key, pair => pair.Value.ResourceVersion())));
                Assert.Null(reflector.Staleness);
                return Task.CompletedTask;
            },
            () => $"seed {seed}: {string.Join(", ", line.Faults)}; {watching.Exception}", Token);

        // Nothing may wait for a word that never comes: of each object that there ever was, the last state was announced.
        Assert.All(announced, told => Assert.Equal(listed.GetValueOrDefault(told.Key), told.Value));
        Assert.Subset(announced.Keys.ToHashSet(), listed.Keys.ToHashSet());
        Assert.False(watching.IsCompleted);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}, {change} changes: {string.Join(", ", line.Faults.OrderBy(fault => fault.Key))}");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    private static async Task ChangeAsync(Kubernetes writer, Random random, int number)
    {
        var name = $"item-{random.Next(12)}";
        var @namespace = random.Next(2) == 0 ? "default" : "kube-system";
        var standing = (await writer.CoreV1.ListNamespacedConfigMapAsync(@namespace, fieldSelector: $"metadata.name={name}", cancellationToken: Token)).Items.SingleOrDefault();
        if (standing is null)
        {
            await writer.CoreV1.CreateNamespacedConfigMapAsync(
                new() { Metadata = new() { Name = name }, Data = new Dictionary<string, string> { ["number"] = $"{number}" } }, @namespace, cancellationToken: Token);
        }
        else if (random.Next(3) == 0)
        {
            await writer.CoreV1.DeleteNamespacedConfigMapAsync(name, @namespace, cancellationToken: Token);
        }
        else
        {
            standing.Data["number"] = $"{number}";
            await writer.CoreV1.ReplaceNamespacedConfigMapAsync(standing, name, @namespace, cancellationToken: Token);
        }
    }

    private static IEnumerable<string> Pairs(Dictionary<ObjectKey, string> versions) => versions.Select(pair => $"{pair.Key}@{pair.Value}").Order(StringComparer.Ordinal);
}
