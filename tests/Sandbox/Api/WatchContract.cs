using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using static GitOpsOperator.Sandbox.Tests.Api.Samples;

namespace GitOpsOperator.Sandbox.Tests.Api;

public sealed class WatchesInProcess(InProcessApi api) : WatchContract(api);

[Trait("starts", "processes")]
public sealed class WatchesOnRealKubernetes(RealApi api) : WatchContract(api);

public abstract class WatchContract(ApiUnderTest api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_from_a_lists_version_tells_every_later_change_in_order()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var list = await session.Client.CoreV1.ListNamespacedPodAsync(session.Namespace, cancellationToken: Ct);
        var pod = await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("p"), session.Namespace, cancellationToken: Ct);
        pod.Metadata.Labels = new Dictionary<string, string> { ["a"] = "b" };
        await session.Client.CoreV1.ReplaceNamespacedPodAsync(pod, "p", session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.DeleteNamespacedPodAsync("p", session.Namespace, gracePeriodSeconds: 0, cancellationToken: Ct);
        // Even a pod that goes at once is first seen with its deletionTimestamp.
        var events = await TakeAsync(session, 4, list.Metadata.ResourceVersion);
        Assert.Equal(
            [WatchEventType.Added, WatchEventType.Modified, WatchEventType.Modified, WatchEventType.Deleted],
            events.Select(one => one.Type)
        );
        Assert.NotNull(events[2].Pod.Metadata.DeletionTimestamp);
        var versions = events.Select(one => long.Parse(one.Pod.Metadata.ResourceVersion)).ToList();
        Assert.Equal(versions.Order().Distinct(), versions);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    public async Task A_watch_without_a_version_begins_with_what_is_there(string? version)
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("a"), session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("b"), session.Namespace, cancellationToken: Ct);
        var events = await TakeAsync(session, 2, version);
        Assert.Equal(["a", "b"], events.Select(one => one.Pod.Metadata.Name).Order());
        Assert.All(events, one => Assert.Equal(WatchEventType.Added, one.Type));
    }

    [Fact]
    public async Task With_a_selector_an_object_comes_when_it_begins_to_match_and_goes_when_it_ceases()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var pod = await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("p"), session.Namespace, cancellationToken: Ct);
        var start = pod.Metadata.ResourceVersion;
        foreach (var value in new[] { "yes", "no" })
        {
            pod.Metadata.Labels = new Dictionary<string, string> { ["desired"] = value };
            pod = await session.Client.CoreV1.ReplaceNamespacedPodAsync(pod, "p", session.Namespace, cancellationToken: Ct);
        }

        var events = await TakeAsync(session, 2, start, labels: "desired=yes");
        Assert.Equal([WatchEventType.Added, WatchEventType.Deleted], events.Select(one => one.Type));
    }

    [Fact]
    public async Task A_watch_of_one_name_tells_of_that_object_only()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var list = await session.Client.CoreV1.ListNamespacedPodAsync(session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("other"), session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("mine"), session.Namespace, cancellationToken: Ct);
        var events = await TakeAsync(session, 1, list.Metadata.ResourceVersion, fields: "metadata.name=mine");
        Assert.Equal("mine", Assert.Single(events).Pod.Metadata.Name);
    }

    [Fact]
    public async Task A_watch_ends_in_order_when_its_time_is_up()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        // One object: the client library takes a stream without a single event for a broken one.
        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("p"), session.Namespace, cancellationToken: Ct);
        var errors = new ConcurrentQueue<Exception>();
        var seen = 0;
        await foreach (
            var _ in session.Client.CoreV1.WatchListNamespacedPodAsync(
                session.Namespace,
                timeoutSeconds: 1,
                onError: errors.Enqueue,
                cancellationToken: Ct
            )
        )
        {
            seen++;
        }

        Assert.Equal(1, seen);
        Assert.Empty(errors);
    }

    private static async Task<List<(WatchEventType Type, V1Pod Pod)>> TakeAsync(
        ApiSession session,
        int count,
        string? version,
        string? labels = null,
        string? fields = null
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        var events = new List<(WatchEventType, V1Pod)>();
        await foreach (
            var (type, pod) in session.Client.CoreV1.WatchListNamespacedPodAsync(
                session.Namespace,
                resourceVersion: version,
                labelSelector: labels,
                fieldSelector: fields,
                onError: error => throw error,
                cancellationToken: deadline.Token
            )
        )
        {
            events.Add((type, pod));
            if (events.Count == count)
            {
                break;
            }
        }

        return events;
    }
}
