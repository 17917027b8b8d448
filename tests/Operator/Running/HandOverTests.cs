using k8s;

namespace GitOpsOperator.Operator.Tests.Running;

[Trait("starts", "processes")]
public sealed class HandOverTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replica_that_is_stopped_hands_over_in_less_than_two_seconds_and_changes_nothing_after_that()
    {
        await using var world = await OperatorWorld.StartAsync();
        var first = await world.StartOperatorAsync("first");
        await OperatorWorld.UntilAsync(
            () => Task.FromResult(OperatorWorld.State(first).Leadership.Holds),
            "the first replica holds the lease"
        );
        var second = await world.StartOperatorAsync("second");
        await OperatorWorld.UntilReadyAsync(second);
        Assert.False(OperatorWorld.State(second).Leadership.Holds);

        // In the middle of its work: the cluster's record and its first objects are being written.
        using var client = new Kubernetes(world.Api.ClientConfiguration());
        await OperatorWorld.UntilAsync(
            async () =>
                (await client.CoreV1.ListNamespacedConfigMapAsync("default", cancellationToken: Token)).Items.Any(item =>
                    item.Metadata.Name == "orders-record"
                ),
            "the first replica works on the cluster"
        );

        var (before, after) = (OperatorWorld.State(first).Leadership, OperatorWorld.State(second).Leadership);
        var stopping = TimeProvider.System.GetTimestamp();
        var stopped = world.StopOperatorAsync(first);
        await OperatorWorld.UntilAsync(
            () =>
            {
                Assert.False(before.Holds && after.Holds, "both hold the lease");
                return Task.FromResult(after.Holds);
            },
            "the second replica holds the lease"
        );
        var took = TimeProvider.System.GetElapsedTime(stopping);
        TestContext.Current.TestOutputHelper?.WriteLine($"handed over in {took.TotalMilliseconds:0} ms");
        Assert.True(took < TimeSpan.FromSeconds(2), $"handing over took {took}");
        await stopped;

        // The second takes up what the first had begun.
        await OperatorWorld.UntilAsync(
            async () => (await client.AppsV1.ListNamespacedStatefulSetAsync("default", cancellationToken: Token)).Items.Count > 0,
            "the first member is started"
        );
    }
}
