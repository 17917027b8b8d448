using k8s;
using k8s.Models;
using static GitOpsOperator.Sandbox.Tests.Api.Samples;

namespace GitOpsOperator.Sandbox.Tests.Api;

public sealed class ApplyInProcess(InProcessApi api) : ApplyContract(api);

[Trait("starts", "processes")]
public sealed class ApplyOnRealKubernetes(RealApi api) : ApplyContract(api);

/// <summary>Server-side apply: who owns what.</summary>
public abstract class ApplyContract(ApiUnderTest api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Apply_creates_and_then_changes()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var made = await ApplyAsync(session, ConfigMap("a", ("k", "1")), "one");
        var changed = await ApplyAsync(session, ConfigMap("a", ("k", "2")), "one");
        Assert.Equal((made.Metadata.Uid, "2"), (changed.Metadata.Uid, changed.Data["k"]));
        var entry = Assert.Single(changed.Metadata.ManagedFields);
        Assert.Equal(("one", "Apply", "v1"), (entry.Manager, entry.Operation, entry.ApiVersion));
        Assert.Contains("f:k", KubernetesJson.Serialize(entry.FieldsV1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applying_the_same_again_leaves_the_version_alone()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var first = await ApplyAsync(session, ConfigMap("a", ("k", "1")), "one");
        var again = await ApplyAsync(session, ConfigMap("a", ("k", "1")), "one");
        Assert.Equal(first.Metadata.ResourceVersion, again.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_field_that_is_applied_no_longer_goes_away()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await ApplyAsync(session, ConfigMap("a", ("k", "1"), ("l", "2")), "one");
        Assert.Equal(["l"], (await ApplyAsync(session, ConfigMap("a", ("l", "2")), "one")).Data.Keys);
    }

    [Fact]
    public async Task Another_managers_field_is_a_conflict_that_names_the_manager_and_the_field()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await ApplyAsync(session, ConfigMap("a", ("k", "1")), "one");
        var refusal = await RefusalAsync(() => ApplyAsync(session, ConfigMap("a", ("k", "2")), "two"));
        Assert.Equal((409, "Conflict"), (refusal.Code, refusal.Reason));
        Assert.StartsWith("Apply failed with 1 conflict: conflict with \"one\"", refusal.Message, StringComparison.Ordinal);
        var cause = Assert.Single(refusal.Details.Causes);
        Assert.Equal(("FieldManagerConflict", ".data.k"), (cause.Reason, cause.Field));
        Assert.Contains("conflict with \"one\"", cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Force_takes_the_field_over()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await ApplyAsync(session, ConfigMap("a", ("k", "1"), ("mine", "1")), "one");
        var forced = await ApplyAsync(session, ConfigMap("a", ("k", "2")), "two", force: true);
        Assert.Equal("2", forced.Data["k"]);
        Assert.DoesNotContain("f:k", Owned(forced, "one"), StringComparison.Ordinal);
        Assert.Contains("f:mine", Owned(forced, "one"), StringComparison.Ordinal);
        Assert.Contains("f:k", Owned(forced, "two"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_that_two_apply_alike_stays_until_both_let_go()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await ApplyAsync(session, ConfigMap("a", ("k", "1"), ("x", "1")), "one");
        await ApplyAsync(session, ConfigMap("a", ("k", "1"), ("y", "1")), "two");
        var left = await ApplyAsync(session, ConfigMap("a", ("x", "1")), "one");
        Assert.Equal("1", left.Data["k"]);
        left = await ApplyAsync(session, ConfigMap("a", ("y", "1")), "two");
        Assert.Equal(["x", "y"], left.Data.Keys.Order());
    }

    [Fact]
    public async Task An_update_takes_ownership_of_what_it_changes()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var made = await ApplyAsync(session, ConfigMap("a", ("k", "1"), ("l", "1")), "one");
        made.Data["k"] = "2";
        var updated = await session.Client.CoreV1.ReplaceNamespacedConfigMapAsync(
            made,
            "a",
            session.Namespace,
            fieldManager: "editor",
            cancellationToken: Ct
        );
        Assert.Contains("f:k", Owned(updated, "editor"), StringComparison.Ordinal);
        Assert.DoesNotContain("f:l", Owned(updated, "editor"), StringComparison.Ordinal);
        Assert.DoesNotContain("f:k", Owned(updated, "one"), StringComparison.Ordinal);
        var refusal = await RefusalAsync(() => ApplyAsync(session, ConfigMap("a", ("k", "1")), "one"));
        Assert.Equal(409, refusal.Code);
    }

    [Fact]
    public async Task Create_records_its_manager()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var made = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(
            ConfigMap("a", ("k", "1")),
            session.Namespace,
            fieldManager: "maker",
            cancellationToken: Ct
        );
        var entry = Assert.Single(made.Metadata.ManagedFields);
        Assert.Equal(("maker", "Update"), (entry.Manager, entry.Operation));
        Assert.Contains("f:k", KubernetesJson.Serialize(entry.FieldsV1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_with_keys_merge_item_by_item()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await ApplyAsync(session, StatefulSet("web"), "one");
        var other = new V1StatefulSet
        {
            ApiVersion = "apps/v1",
            Kind = "StatefulSet",
            Metadata = new V1ObjectMeta { Name = "web" },
            Spec = new V1StatefulSetSpec
            {
                Template = new V1PodTemplateSpec
                {
                    Spec = new V1PodSpec
                    {
                        Containers =
                        [
                            new V1Container { Name = "etcd", Env = [new V1EnvVar { Name = "B", Value = "2" }] },
                            new V1Container { Name = "side", Image = "registry.example/side:1" },
                        ],
                    },
                },
            },
        };
        var merged = await ApplyAsync(session, other, "two");
        Assert.Equal(["etcd", "side"], merged.Spec.Template.Spec.Containers.Select(container => container.Name));
        Assert.Equal(["A", "B"], merged.Spec.Template.Spec.Containers[0].Env.Select(variable => variable.Name).Order());

        other.Spec.Template.Spec.Containers = [other.Spec.Template.Spec.Containers[0]];
        other.Spec.Template.Spec.Containers[0].Env = null;
        var less = await ApplyAsync(session, other, "two");
        var left = Assert.Single(less.Spec.Template.Spec.Containers);
        Assert.Equal("A", Assert.Single(left.Env).Name);
    }

    [Fact]
    public async Task What_the_server_filled_in_stays_when_it_is_not_applied()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await ApplyAsync(session, StatefulSet("web"), "one");
        var applied = StatefulSet("web");
        applied.Spec.Template.Spec.Containers[0].Image = "registry.example/etcd:3.5.17";
        var changed = await ApplyAsync(session, applied, "one");
        Assert.Equal(("Always", "OrderedReady"), (changed.Spec.Template.Spec.RestartPolicy, changed.Spec.PodManagementPolicy));
        Assert.Equal((2L, "registry.example/etcd:3.5.17"), (changed.Metadata.Generation, changed.Spec.Template.Spec.Containers[0].Image));
    }

    [Fact]
    public async Task Replicas_scaled_by_somebody_else_are_a_conflict_only_for_those_who_apply_them()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await ApplyAsync(session, StatefulSet("web", replicas: 1), "one");
        await session.Client.AppsV1.PatchNamespacedStatefulSetAsync(
            new V1Patch("{\"spec\":{\"replicas\":4}}", V1Patch.PatchType.MergePatch),
            "web",
            session.Namespace,
            fieldManager: "scaler",
            cancellationToken: Ct
        );
        var refusal = await RefusalAsync(() => ApplyAsync(session, StatefulSet("web", replicas: 1), "one"));
        Assert.Equal(".spec.replicas", Assert.Single(refusal.Details.Causes).Field);
        var without = StatefulSet("web");
        without.Spec.Replicas = null;
        Assert.Equal(4, (await ApplyAsync(session, without, "one")).Spec.Replicas);
    }

    [Fact]
    public async Task A_dry_run_shows_the_result_and_stores_nothing()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await ApplyAsync(session, ConfigMap("a", ("k", "1")), "one");
        var patch = new V1Patch(ConfigMap("a", ("k", "2")), V1Patch.PatchType.ApplyPatch);
        var shown = await session.Client.CoreV1.PatchNamespacedConfigMapAsync(
            patch,
            "a",
            session.Namespace,
            dryRun: "All",
            fieldManager: "one",
            cancellationToken: Ct
        );
        Assert.Equal("2", shown.Data["k"]);
        Assert.Equal(
            "1",
            (await session.Client.CoreV1.ReadNamespacedConfigMapAsync("a", session.Namespace, cancellationToken: Ct)).Data["k"]
        );
    }

    [Fact]
    public async Task Apply_without_a_manager_is_refused()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var patch = new V1Patch(ConfigMap("a"), V1Patch.PatchType.ApplyPatch);
        var error = await Assert.ThrowsAsync<k8s.Autorest.HttpOperationException>(() =>
            session.Client.CoreV1.PatchNamespacedConfigMapAsync(patch, "a", session.Namespace, cancellationToken: Ct)
        );
        Assert.Equal(422, (int)error.Response.StatusCode);
    }

    [Fact]
    public async Task A_resourceVersion_in_the_applied_object_is_a_precondition()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var first = await ApplyAsync(session, ConfigMap("a", ("k", "1")), "one");
        await ApplyAsync(session, ConfigMap("a", ("k", "2")), "one");
        var stale = ConfigMap("a", ("k", "3"));
        stale.Metadata.ResourceVersion = first.Metadata.ResourceVersion;
        Assert.Equal(409, (await RefusalAsync(() => ApplyAsync(session, stale, "one"))).Code);
    }

    private static string Owned(V1ConfigMap map, string manager) =>
        string.Concat(
            map.Metadata.ManagedFields.Where(entry => entry.Manager == manager).Select(entry => KubernetesJson.Serialize(entry.FieldsV1))
        );

    private static Task<V1ConfigMap> ApplyAsync(ApiSession session, V1ConfigMap map, string manager, bool? force = null) =>
        session.Client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch(map, V1Patch.PatchType.ApplyPatch),
            map.Metadata.Name,
            session.Namespace,
            fieldManager: manager,
            force: force,
            cancellationToken: Ct
        );

    private static Task<V1StatefulSet> ApplyAsync(ApiSession session, V1StatefulSet set, string manager) =>
        session.Client.AppsV1.PatchNamespacedStatefulSetAsync(
            new V1Patch(set, V1Patch.PatchType.ApplyPatch),
            set.Metadata.Name,
            session.Namespace,
            fieldManager: manager,
            cancellationToken: Ct
        );
}
