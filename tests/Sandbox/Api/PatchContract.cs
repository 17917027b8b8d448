using k8s;
using k8s.Models;
using static GitOpsOperator.Sandbox.Tests.Api.Samples;

namespace GitOpsOperator.Sandbox.Tests.Api;

public sealed class PatchesInProcess(InProcessApi api) : PatchContract(api);

[Trait("starts", "processes")]
public sealed class PatchesOnRealKubernetes(RealApi api) : PatchContract(api);

public abstract class PatchContract(ApiUnderTest api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_merge_patch_sets_and_removes_and_replaces_lists()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.AppsV1.CreateNamespacedStatefulSetAsync(StatefulSet("web"), session.Namespace, cancellationToken: Ct);
        var patched = await PatchAsync(
            session,
            V1Patch.PatchType.MergePatch,
            """{"metadata":{"labels":{"a":"b"}},"spec":{"template":{"spec":{"terminationGracePeriodSeconds":7,"containers":["""
                + """{"name":"etcd","image":"registry.example/etcd:3.5.17"}]}}}}"""
        );
        Assert.Equal(("b", 7L), (patched.Metadata.Labels["a"], patched.Spec.Template.Spec.TerminationGracePeriodSeconds));
        Assert.Null(Assert.Single(patched.Spec.Template.Spec.Containers).Env);
        patched = await PatchAsync(session, V1Patch.PatchType.MergePatch, """{"metadata":{"labels":{"a":null}}}""");
        Assert.Null(patched.Metadata.Labels);

        Task<V1StatefulSet> PatchAsync(ApiSession s, V1Patch.PatchType type, string body) =>
            s.Client.AppsV1.PatchNamespacedStatefulSetAsync(new V1Patch(body, type), "web", s.Namespace, cancellationToken: Ct);
    }

    [Fact]
    public async Task A_strategic_merge_patch_merges_lists_by_their_key()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.AppsV1.CreateNamespacedStatefulSetAsync(StatefulSet("web"), session.Namespace, cancellationToken: Ct);
        var patched = await StrategicAsync(
            session,
            """{"spec":{"template":{"spec":{"containers":[{"name":"etcd","env":[{"name":"B","value":"2"}]},"""
                + """{"name":"side","image":"registry.example/side:1"}]}}}}"""
        );
        Assert.Equal(["etcd", "side"], patched.Spec.Template.Spec.Containers.Select(container => container.Name).Order());
        var etcd = patched.Spec.Template.Spec.Containers.Single(container => container.Name == "etcd");
        Assert.Equal(
            ("A,B", "registry.example/etcd:3.5.16"),
            (string.Join(',', etcd.Env.Select(variable => variable.Name).Order()), etcd.Image)
        );
        patched = await StrategicAsync(
            session,
            """{"spec":{"template":{"spec":{"containers":[{"name":"side","$patch":"delete"},"""
                + """{"name":"etcd","env":[{"$patch":"replace"},{"name":"C","value":"3"}]}]}}}}"""
        );
        Assert.Equal("C", Assert.Single(Assert.Single(patched.Spec.Template.Spec.Containers).Env).Name);

        Task<V1StatefulSet> StrategicAsync(ApiSession s, string body) =>
            s.Client.AppsV1.PatchNamespacedStatefulSetAsync(
                new V1Patch(body, V1Patch.PatchType.StrategicMergePatch),
                "web",
                s.Namespace,
                cancellationToken: Ct
            );
    }

    [Fact]
    public async Task A_JSON_patch_tests_and_changes()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.CoreV1.CreateNamespacedConfigMapAsync(
            ConfigMap("a", ("k", "1"), ("gone", "x")),
            session.Namespace,
            cancellationToken: Ct
        );
        var patched = await JsonAsync(
            """[{"op":"test","path":"/data/k","value":"1"},{"op":"replace","path":"/data/k","value":"2"},"""
                + """{"op":"remove","path":"/data/gone"},{"op":"add","path":"/data/new","value":"n"}]"""
        );
        Assert.Equal(["k=2", "new=n"], patched.Data.Select(pair => $"{pair.Key}={pair.Value}").Order());
        var refusal = await RefusalAsync(() =>
            JsonAsync("""[{"op":"test","path":"/data/k","value":"1"},{"op":"remove","path":"/data/new"}]""")
        );
        Assert.Equal((422, "Invalid"), (refusal.Code, refusal.Reason));

        Task<V1ConfigMap> JsonAsync(string body) =>
            session.Client.CoreV1.PatchNamespacedConfigMapAsync(
                new V1Patch(body, V1Patch.PatchType.JsonPatch),
                "a",
                session.Namespace,
                cancellationToken: Ct
            );
    }

    [Fact]
    public async Task A_patch_with_an_old_resourceVersion_is_a_conflict()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var first = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(
            ConfigMap("a", ("k", "1")),
            session.Namespace,
            cancellationToken: Ct
        );
        var body = $$$"""{"metadata":{"resourceVersion":"{{{first.Metadata.ResourceVersion}}}"},"data":{"k":"2"}}""";
        await Merge();
        Assert.Equal((409, "Conflict"), await RefusalAsync(Merge) is var refusal ? (refusal.Code, refusal.Reason) : default);

        Task Merge() =>
            session.Client.CoreV1.PatchNamespacedConfigMapAsync(
                new V1Patch(body, V1Patch.PatchType.MergePatch),
                "a",
                session.Namespace,
                cancellationToken: Ct
            );
    }

    [Fact]
    public async Task A_status_patch_changes_the_status_only()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("p"), session.Namespace, cancellationToken: Ct);
        var patched = await session.Client.CoreV1.PatchNamespacedPodStatusAsync(
            new V1Patch(
                """{"spec":{"activeDeadlineSeconds":5},"status":{"phase":"Running","podIP":"10.1.2.3","conditions":["""
                    + """{"type":"Ready","status":"True"}]}}""",
                V1Patch.PatchType.StrategicMergePatch
            ),
            "p",
            session.Namespace,
            cancellationToken: Ct
        );
        Assert.Equal(
            ("Running", "10.1.2.3", (long?)null),
            (patched.Status.Phase, patched.Status.PodIP, patched.Spec.ActiveDeadlineSeconds)
        );
        patched = await session.Client.CoreV1.PatchNamespacedPodStatusAsync(
            new V1Patch("""{"status":{"conditions":[{"type":"Initialized","status":"True"}]}}""", V1Patch.PatchType.StrategicMergePatch),
            "p",
            session.Namespace,
            cancellationToken: Ct
        );
        Assert.Equal(["Initialized", "Ready"], patched.Status.Conditions.Select(condition => condition.Type).Order());
    }

    [Fact]
    public async Task Scale_reads_and_writes_the_replicas()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.AppsV1.CreateNamespacedStatefulSetAsync(
            StatefulSet("web", replicas: 2),
            session.Namespace,
            cancellationToken: Ct
        );
        var scale = await session.Client.AppsV1.ReadNamespacedStatefulSetScaleAsync("web", session.Namespace, cancellationToken: Ct);
        Assert.Equal((2, "app=web"), (scale.Spec.Replicas, scale.Status.Selector));
        scale.Spec.Replicas = 5;
        await session.Client.AppsV1.ReplaceNamespacedStatefulSetScaleAsync(scale, "web", session.Namespace, cancellationToken: Ct);
        await session.Client.AppsV1.PatchNamespacedStatefulSetScaleAsync(
            new V1Patch("""{"metadata":{"labels":null}}""", V1Patch.PatchType.MergePatch),
            "web",
            session.Namespace,
            cancellationToken: Ct
        );
        var set = await session.Client.AppsV1.ReadNamespacedStatefulSetAsync("web", session.Namespace, cancellationToken: Ct);
        Assert.Equal((5, 2L), (set.Spec.Replicas, set.Metadata.Generation));
    }
}
