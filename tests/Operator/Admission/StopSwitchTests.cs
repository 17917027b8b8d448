using GitOpsOperator.Operator.Admission;
using GitOpsOperator.Operator.Tests.Running;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Operator.Tests.Admission;

/// <summary>
/// A whole operator in front of an API server: thrown, nothing is written but what reports; released, it resumes automatically.
/// </summary>
[Trait("starts", "processes")]
public sealed class StopSwitchTests
{
    private const string Name = "gitops-operator-default";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_it_is_thrown_nothing_is_changed_and_then_the_operator_goes_on()
    {
        await using var world = await OperatorWorld.StartAsync();
        using var client = new Kubernetes(world.Api.ClientConfiguration());
        await client.CoreV1.CreateNamespacedConfigMapAsync(
            new() { Metadata = Thrown("migrating\nthe storage") },
            "default",
            cancellationToken: Token
        );
        var host = await world.StartOperatorAsync("stopped");
        var clusters = OperatorWorld.State(host).Clusters;
        await OperatorWorld.UntilAsync(() => Task.FromResult(RefusalRule() is not null), "the cluster was looked at");

        Assert.Equal("operator-stopped", RefusalRule());
        var refusal = clusters.Of(world.RepositoryUrl)[0].Blocker!;
        Assert.Equal("the operator is stopped by hand: migratingthe storage", refusal.Reason);
        Assert.Equal(
            "Remove the annotation: kubectl -n default annotate configmap gitops-operator-default gitops-operator.dev/stop-",
            refusal.Remediation
        );
        Assert.DoesNotContain(
            (await client.CoreV1.ListNamespacedConfigMapAsync("default", cancellationToken: Token)).Items,
            map => map.Metadata.Name != Name
        );
        Assert.Empty((await client.CoreV1.ListNamespacedServiceAsync("default", cancellationToken: Token)).Items);

        await client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch($"{{\"metadata\":{{\"annotations\":{{\"{StopSwitch.Annotation}\":null}}}}}}", V1Patch.PatchType.MergePatch),
            Name,
            "default",
            cancellationToken: Token
        );
        await OperatorWorld.UntilAsync(
            async () => (await client.AppsV1.ListNamespacedStatefulSetAsync("default", cancellationToken: Token)).Items.Count > 0,
            "the first member is started"
        );

        string? RefusalRule() => clusters.Of(world.RepositoryUrl).FirstOrDefault()?.Blocker?.Rule;
    }

    [Fact]
    public async Task Thrown_in_the_middle_it_ends_what_follows_the_step()
    {
        await using var world = await OperatorWorld.StartAsync();
        using var client = new Kubernetes(world.Api.ClientConfiguration());
        var host = await world.StartOperatorAsync("running");
        await OperatorWorld.UntilAsync(
            async () => (await client.AppsV1.ListNamespacedStatefulSetAsync("default", cancellationToken: Token)).Items.Count > 0,
            "the first member is started"
        );

        await client.CoreV1.CreateNamespacedConfigMapAsync(new() { Metadata = Thrown("") }, "default", cancellationToken: Token);
        await client.AppsV1.DeleteNamespacedStatefulSetAsync("orders-0", "default", cancellationToken: Token);
        await OperatorWorld.UntilAsync(
            () => Task.FromResult(OperatorWorld.State(host).Clusters.Of(world.RepositoryUrl)[0].Blocker?.Rule == "operator-stopped"),
            "the cluster is held"
        );
        Assert.Empty((await client.AppsV1.ListNamespacedStatefulSetAsync("default", cancellationToken: Token)).Items);

        await client.CoreV1.DeleteNamespacedConfigMapAsync(Name, "default", cancellationToken: Token);
        await OperatorWorld.UntilAsync(
            async () => (await client.AppsV1.ListNamespacedStatefulSetAsync("default", cancellationToken: Token)).Items.Count > 0,
            "the first member is back"
        );
    }

    private static V1ObjectMeta Thrown(string reason) =>
        new()
        {
            Name = Name,
            Annotations = new Dictionary<string, string> { [StopSwitch.Annotation] = reason },
        };
}
