using k8s;
using k8s.Models;
using static GitOpsOperator.Sandbox.Tests.Api.Samples;

namespace GitOpsOperator.Sandbox.Tests.Api;

public sealed class DeletionsInProcess(InProcessApi api) : DeletionContract(api);

[Trait("starts", "processes")]
public sealed class DeletionsOnRealKubernetes(RealApi api) : DeletionContract(api);

public abstract class DeletionContract(ApiUnderTest api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deleted_object_is_gone()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("a"), session.Namespace, cancellationToken: Ct);
        var status = await session.Client.CoreV1.DeleteNamespacedConfigMapAsync("a", session.Namespace, cancellationToken: Ct);
        Assert.Equal("Success", status.Status);
        Assert.True(
            await GoneAsync(() => session.Client.CoreV1.ReadNamespacedConfigMapAsync("a", session.Namespace, cancellationToken: Ct))
        );
    }

    [Fact]
    public async Task With_a_namespace_goes_all_that_lies_in_it_and_nothing_new_comes_in()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var held = ConfigMap("held");
        held.Metadata.Finalizers = ["example.com/wait"];
        await session.Client.CoreV1.CreateNamespacedConfigMapAsync(held, session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("free"), session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.DeleteNamespaceAsync(session.Namespace, cancellationToken: Ct);
        await EventuallyAsync(
            () => GoneAsync(() => session.Client.CoreV1.ReadNamespacedConfigMapAsync("free", session.Namespace, cancellationToken: Ct)),
            "what nothing holds is gone",
            Ct
        );
        var refusal = await RefusalAsync(() =>
            session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("new"), session.Namespace, cancellationToken: Ct)
        );
        Assert.Equal((403, "Forbidden"), (refusal.Code, refusal.Reason));
        Assert.Equal(
            "Terminating",
            (await session.Client.CoreV1.ReadNamespaceAsync(session.Namespace, cancellationToken: Ct)).Status.Phase
        );

        await session.Client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"metadata": {"finalizers": null} }""", V1Patch.PatchType.MergePatch),
            "held",
            session.Namespace,
            cancellationToken: Ct
        );
        await EventuallyAsync(
            () => GoneAsync(() => session.Client.CoreV1.ReadNamespaceAsync(session.Namespace, cancellationToken: Ct)),
            "the namespace is gone",
            Ct
        );
    }

    [Fact]
    public async Task A_deletion_with_another_uid_is_a_conflict()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var made = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("a"), session.Namespace, cancellationToken: Ct);
        var refusal = await RefusalAsync(() => DeleteAsync(new V1Preconditions { Uid = Guid.NewGuid().ToString() }));
        Assert.Equal((409, "Conflict"), (refusal.Code, refusal.Reason));
        await DeleteAsync(new V1Preconditions { Uid = made.Metadata.Uid });

        Task DeleteAsync(V1Preconditions preconditions) =>
            session.Client.CoreV1.DeleteNamespacedConfigMapAsync(
                "a",
                session.Namespace,
                new V1DeleteOptions { Preconditions = preconditions },
                cancellationToken: Ct
            );
    }

    [Fact]
    public async Task A_deletion_with_an_old_resourceVersion_is_a_conflict()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var made = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("a"), session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.ReplaceNamespacedConfigMapAsync(
            ConfigMap("a", ("k", "v")),
            "a",
            session.Namespace,
            cancellationToken: Ct
        );
        var options = new V1DeleteOptions { Preconditions = new V1Preconditions { ResourceVersion = made.Metadata.ResourceVersion } };
        var refusal = await RefusalAsync(() =>
            session.Client.CoreV1.DeleteNamespacedConfigMapAsync("a", session.Namespace, options, cancellationToken: Ct)
        );
        Assert.Equal((409, "Conflict"), (refusal.Code, refusal.Reason));
    }

    [Fact]
    public async Task Finalizers_hold_a_deleted_object_until_the_last_one_is_removed()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var body = ConfigMap("a");
        body.Metadata.Finalizers = ["example.com/one"];
        await session.Client.CoreV1.CreateNamespacedConfigMapAsync(body, session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.DeleteNamespacedConfigMapAsync("a", session.Namespace, cancellationToken: Ct);
        var held = await session.Client.CoreV1.ReadNamespacedConfigMapAsync("a", session.Namespace, cancellationToken: Ct);
        Assert.NotNull(held.Metadata.DeletionTimestamp);

        held.Metadata.Finalizers = ["example.com/one", "example.com/two"];
        Assert.Equal(
            422,
            (
                await RefusalAsync(() =>
                    session.Client.CoreV1.ReplaceNamespacedConfigMapAsync(held, "a", session.Namespace, cancellationToken: Ct)
                )
            ).Code
        );

        held.Metadata.Finalizers = null;
        await session.Client.CoreV1.ReplaceNamespacedConfigMapAsync(held, "a", session.Namespace, cancellationToken: Ct);
        Assert.True(
            await GoneAsync(() => session.Client.CoreV1.ReadNamespacedConfigMapAsync("a", session.Namespace, cancellationToken: Ct))
        );
    }

    [Fact]
    public async Task A_running_pod_stays_until_its_node_lets_it_go()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("p", node: "n"), session.Namespace, cancellationToken: Ct);
        var deleted = await session.Client.CoreV1.DeleteNamespacedPodAsync(
            "p",
            session.Namespace,
            gracePeriodSeconds: 20,
            cancellationToken: Ct
        );
        Assert.NotNull(deleted.Metadata.DeletionTimestamp);
        var waiting = await session.Client.CoreV1.ReadNamespacedPodAsync("p", session.Namespace, cancellationToken: Ct);
        Assert.Equal((20L, false), (waiting.Metadata.DeletionGracePeriodSeconds, waiting.Metadata.DeletionTimestamp is null));
        await session.Client.CoreV1.DeleteNamespacedPodAsync("p", session.Namespace, gracePeriodSeconds: 0, cancellationToken: Ct);
        Assert.True(await GoneAsync(() => session.Client.CoreV1.ReadNamespacedPodAsync("p", session.Namespace, cancellationToken: Ct)));
    }

    [Fact]
    public async Task A_pod_that_no_node_runs_goes_at_once()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("p"), session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.DeleteNamespacedPodAsync("p", session.Namespace, cancellationToken: Ct);
        Assert.True(await GoneAsync(() => session.Client.CoreV1.ReadNamespacedPodAsync("p", session.Namespace, cancellationToken: Ct)));
    }

    [Fact]
    public async Task What_an_object_owns_goes_after_it()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var (owner, _) = await OwnerAndOwnedAsync(session);
        await session.Client.CoreV1.DeleteNamespacedConfigMapAsync(
            owner.Metadata.Name,
            session.Namespace,
            propagationPolicy: "Background",
            cancellationToken: Ct
        );
        await EventuallyAsync(
            () => GoneAsync(() => session.Client.CoreV1.ReadNamespacedConfigMapAsync("owned", session.Namespace, cancellationToken: Ct)),
            "the owned object was collected",
            Ct
        );
    }

    [Fact]
    public async Task Orphans_stay_and_forget_their_owner()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var (owner, _) = await OwnerAndOwnedAsync(session);
        await session.Client.CoreV1.DeleteNamespacedConfigMapAsync(
            owner.Metadata.Name,
            session.Namespace,
            propagationPolicy: "Orphan",
            cancellationToken: Ct
        );
        await EventuallyAsync(
            () => GoneAsync(() => session.Client.CoreV1.ReadNamespacedConfigMapAsync("owner", session.Namespace, cancellationToken: Ct)),
            "the owner was gone",
            Ct
        );
        Assert.Null(
            (await session.Client.CoreV1.ReadNamespacedConfigMapAsync("owned", session.Namespace, cancellationToken: Ct))
                .Metadata
                .OwnerReferences
        );
    }

    [Fact]
    public async Task In_the_foreground_the_owner_goes_last()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var (owner, _) = await OwnerAndOwnedAsync(session, finalizer: "example.com/hold");
        await session.Client.CoreV1.DeleteNamespacedConfigMapAsync(
            owner.Metadata.Name,
            session.Namespace,
            propagationPolicy: "Foreground",
            cancellationToken: Ct
        );
        await EventuallyAsync(
            async () =>
                (await session.Client.CoreV1.ReadNamespacedConfigMapAsync("owned", session.Namespace, cancellationToken: Ct))
                    .Metadata
                    .DeletionTimestamp
                    is not null,
            "the owned object was being deleted",
            Ct
        );
        var waiting = await session.Client.CoreV1.ReadNamespacedConfigMapAsync("owner", session.Namespace, cancellationToken: Ct);
        Assert.Contains("foregroundDeletion", waiting.Metadata.Finalizers);
        await session.Client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"metadata":{"finalizers":null}}""", V1Patch.PatchType.MergePatch),
            "owned",
            session.Namespace,
            cancellationToken: Ct
        );
        await EventuallyAsync(
            () => GoneAsync(() => session.Client.CoreV1.ReadNamespacedConfigMapAsync("owner", session.Namespace, cancellationToken: Ct)),
            "the owner was gone",
            Ct
        );
    }

    [Fact]
    public async Task An_object_with_two_owners_outlives_the_first()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var one = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("one"), session.Namespace, cancellationToken: Ct);
        var two = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("two"), session.Namespace, cancellationToken: Ct);
        var body = ConfigMap("owned");
        body.Metadata.OwnerReferences = [Owner(one), Owner(two)];
        await session.Client.CoreV1.CreateNamespacedConfigMapAsync(body, session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.DeleteNamespacedConfigMapAsync("one", session.Namespace, cancellationToken: Ct);
        await EventuallyAsync(
            async () =>
                (await session.Client.CoreV1.ReadNamespacedConfigMapAsync("owned", session.Namespace, cancellationToken: Ct))
                    .Metadata
                    .OwnerReferences
                    is [var left]
                && left.Name == "two",
            "only the second owner was named",
            Ct
        );
    }

    [Fact]
    public async Task A_collection_is_deleted_by_selector()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        foreach (var (name, label) in new[] { ("a", "x"), ("b", "x"), ("c", "y") })
        {
            await session.Client.CoreV1.CreateNamespacedPodAsync(
                Pod(name, new Dictionary<string, string> { ["l"] = label }),
                session.Namespace,
                cancellationToken: Ct
            );
        }

        await session.Client.CoreV1.DeleteCollectionNamespacedPodAsync(session.Namespace, labelSelector: "l=x", cancellationToken: Ct);
        Assert.Equal(
            "c",
            Assert
                .Single((await session.Client.CoreV1.ListNamespacedPodAsync(session.Namespace, cancellationToken: Ct)).Items)
                .Metadata.Name
        );
    }

    [Fact]
    public async Task A_disruption_budget_stops_an_eviction()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        try
        {
            await session.Client.PolicyV1.ListNamespacedPodDisruptionBudgetAsync(session.Namespace, cancellationToken: Ct);
        }
        catch (k8s.Autorest.HttpOperationException error) when (error.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            Assert.Skip("this server is older than policy/v1 (Kubernetes 1.21)");
        }

        await session.Client.PolicyV1.CreateNamespacedPodDisruptionBudgetAsync(
            new V1PodDisruptionBudget
            {
                Metadata = new V1ObjectMeta { Name = "pdb" },
                Spec = new V1PodDisruptionBudgetSpec
                {
                    MinAvailable = "1",
                    Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["l"] = "x" } },
                },
            },
            session.Namespace,
            cancellationToken: Ct
        );
        foreach (var name in new[] { "a", "b" })
        {
            await session.Client.CoreV1.CreateNamespacedPodAsync(
                Pod(name, new Dictionary<string, string> { ["l"] = "x" }, node: "n"),
                session.Namespace,
                cancellationToken: Ct
            );
            await session.Client.CoreV1.PatchNamespacedPodStatusAsync(
                new V1Patch(
                    """{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""",
                    V1Patch.PatchType.MergePatch
                ),
                name,
                session.Namespace,
                cancellationToken: Ct
            );
        }

        await session.Client.CoreV1.CreateNamespacedPodEvictionAsync(
            new V1Eviction { Metadata = new V1ObjectMeta { Name = "a" } },
            "a",
            session.Namespace,
            cancellationToken: Ct
        );
        var refusal = await RefusalAsync(() =>
            session.Client.CoreV1.CreateNamespacedPodEvictionAsync(
                new V1Eviction { Metadata = new V1ObjectMeta { Name = "b" } },
                "b",
                session.Namespace,
                cancellationToken: Ct
            )
        );
        Assert.Equal(
            (429, "TooManyRequests", "DisruptionBudget"),
            (refusal.Code, refusal.Reason, Assert.Single(refusal.Details.Causes).Reason)
        );
    }

    [Fact]
    public async Task A_pod_is_bound_to_a_node_once()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("p"), session.Namespace, cancellationToken: Ct);
        var binding = new V1Binding
        {
            Metadata = new V1ObjectMeta { Name = "p" },
            Target = new V1ObjectReference
            {
                ApiVersion = "v1",
                Kind = "Node",
                Name = "n1",
            },
        };
        await session.Client.CoreV1.CreateNamespacedPodBindingAsync(binding, "p", session.Namespace, cancellationToken: Ct);
        Assert.Equal(
            "n1",
            (await session.Client.CoreV1.ReadNamespacedPodAsync("p", session.Namespace, cancellationToken: Ct)).Spec.NodeName
        );
        Assert.Equal(
            409,
            (
                await RefusalAsync(() =>
                    session.Client.CoreV1.CreateNamespacedPodBindingAsync(binding, "p", session.Namespace, cancellationToken: Ct)
                )
            ).Code
        );
    }

    private static async Task<(V1ConfigMap Owner, V1ConfigMap Owned)> OwnerAndOwnedAsync(ApiSession session, string? finalizer = null)
    {
        var owner = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(
            ConfigMap("owner"),
            session.Namespace,
            cancellationToken: Ct
        );
        var body = ConfigMap("owned");
        body.Metadata.OwnerReferences = [Owner(owner, blocks: true)];
        body.Metadata.Finalizers = finalizer is null ? null : [finalizer];
        return (owner, await session.Client.CoreV1.CreateNamespacedConfigMapAsync(body, session.Namespace, cancellationToken: Ct));
    }
}
