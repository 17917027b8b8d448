using k8s;
using k8s.Models;
using static GitOpsOperator.Sandbox.Tests.Api.Samples;

namespace GitOpsOperator.Sandbox.Tests.Api;

public sealed class ObjectsInProcess(InProcessApi api) : ObjectContract(api);

[Trait("starts", "processes")]
public sealed class ObjectsOnRealKubernetes(RealApi api) : ObjectContract(api);

/// <summary>Create, read, list, update.</summary>
public abstract class ObjectContract(ApiUnderTest api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_created_object_has_identity_and_can_be_read()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var made = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(
            ConfigMap("a", ("k", "v")),
            session.Namespace,
            cancellationToken: Ct
        );
        var read = await session.Client.CoreV1.ReadNamespacedConfigMapAsync("a", session.Namespace, cancellationToken: Ct);
        Assert.False(string.IsNullOrEmpty(made.Metadata.Uid));
        Assert.NotNull(made.Metadata.CreationTimestamp);
        Assert.Equal(session.Namespace, made.Metadata.NamespaceProperty);
        Assert.Equal(
            (made.Metadata.Uid, made.Metadata.ResourceVersion, "v"),
            (read.Metadata.Uid, read.Metadata.ResourceVersion, read.Data["k"])
        );
    }

    [Fact]
    public async Task A_second_object_of_the_same_name_is_refused()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("a"), session.Namespace, cancellationToken: Ct);
        var refusal = await RefusalAsync(() =>
            session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("a"), session.Namespace, cancellationToken: Ct)
        );
        Assert.Equal((409, "AlreadyExists", "configmaps \"a\" already exists"), (refusal.Code, refusal.Reason, refusal.Message));
    }

    [Fact]
    public async Task GenerateName_gives_each_object_a_name_of_its_own()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var body = new V1ConfigMap { Metadata = new V1ObjectMeta { GenerateName = "cm-" } };
        var one = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(body, session.Namespace, cancellationToken: Ct);
        var two = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(body, session.Namespace, cancellationToken: Ct);
        Assert.Matches("^cm-[a-z0-9]{5}$", one.Metadata.Name);
        Assert.NotEqual(one.Metadata.Name, two.Metadata.Name);
    }

    [Fact]
    public async Task An_object_in_a_namespace_that_is_not_there_is_refused()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var refusal = await RefusalAsync(() =>
            session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("a"), "nowhere", cancellationToken: Ct)
        );
        Assert.Equal((404, "NotFound", "namespaces \"nowhere\" not found"), (refusal.Code, refusal.Reason, refusal.Message));
    }

    [Fact]
    public async Task An_object_that_is_not_there_is_told_by_name()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var refusal = await RefusalAsync(() =>
            session.Client.AppsV1.ReadNamespacedStatefulSetAsync("none", session.Namespace, cancellationToken: Ct)
        );
        Assert.Equal((404, "NotFound", "statefulsets.apps \"none\" not found"), (refusal.Code, refusal.Reason, refusal.Message));
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("-a")]
    [InlineData("a_b")]
    public async Task A_name_that_is_no_DNS_name_is_refused(string name)
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var refusal = await RefusalAsync(() =>
            session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap(name), session.Namespace, cancellationToken: Ct)
        );
        Assert.Equal((422, "Invalid"), (refusal.Code, refusal.Reason));
        Assert.Contains(refusal.Details.Causes, cause => cause.Field == "metadata.name");
    }

    [Fact]
    public async Task An_update_with_an_old_resourceVersion_is_a_conflict()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var first = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(
            ConfigMap("a", ("k", "1")),
            session.Namespace,
            cancellationToken: Ct
        );
        first.Data["k"] = "2";
        var second = await session.Client.CoreV1.ReplaceNamespacedConfigMapAsync(first, "a", session.Namespace, cancellationToken: Ct);
        Assert.NotEqual(first.Metadata.ResourceVersion, second.Metadata.ResourceVersion);
        first.Data["k"] = "3";
        var refusal = await RefusalAsync(() =>
            session.Client.CoreV1.ReplaceNamespacedConfigMapAsync(first, "a", session.Namespace, cancellationToken: Ct)
        );
        Assert.Equal((409, "Conflict"), (refusal.Code, refusal.Reason));
        Assert.Equal(
            "2",
            (await session.Client.CoreV1.ReadNamespacedConfigMapAsync("a", session.Namespace, cancellationToken: Ct)).Data["k"]
        );
    }

    [Fact]
    public async Task An_update_without_resourceVersion_overwrites()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("a", ("k", "1")), session.Namespace, cancellationToken: Ct);
        var updated = await session.Client.CoreV1.ReplaceNamespacedConfigMapAsync(
            ConfigMap("a", ("other", "2")),
            "a",
            session.Namespace,
            cancellationToken: Ct
        );
        Assert.Equal(["other"], updated.Data.Keys);
    }

    [Fact]
    public async Task An_update_that_changes_nothing_leaves_the_version_alone()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var made = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(
            ConfigMap("a", ("k", "1")),
            session.Namespace,
            cancellationToken: Ct
        );
        var same = await session.Client.CoreV1.ReplaceNamespacedConfigMapAsync(made, "a", session.Namespace, cancellationToken: Ct);
        Assert.Equal(made.Metadata.ResourceVersion, same.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task Another_object_of_the_same_name_is_not_overwritten_by_an_update_of_the_old_one()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var old = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("a"), session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.DeleteNamespacedConfigMapAsync("a", session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("a"), session.Namespace, cancellationToken: Ct);
        old.Metadata.ResourceVersion = null;
        var refusal = await RefusalAsync(() =>
            session.Client.CoreV1.ReplaceNamespacedConfigMapAsync(old, "a", session.Namespace, cancellationToken: Ct)
        );
        Assert.Equal(409, refusal.Code);
    }

    [Theory]
    [InlineData("app=x", "one,two")]
    [InlineData("app=x,tier!=back", "one")]
    [InlineData("tier in (back,none)", "two")]
    [InlineData("tier notin (back)", "one,three")]
    [InlineData("!tier", "three")]
    [InlineData("tier", "one,two")]
    public async Task Lists_are_narrowed_by_labels(string selector, string names)
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        foreach (
            var (name, labels) in new (string, Dictionary<string, string>)[]
            {
                ("one", new() { ["app"] = "x", ["tier"] = "front" }),
                ("two", new() { ["app"] = "x", ["tier"] = "back" }),
                ("three", new() { ["app"] = "y" }),
            }
        )
        {
            await session.Client.CoreV1.CreateNamespacedConfigMapAsync(
                new V1ConfigMap
                {
                    Metadata = new V1ObjectMeta { Name = name, Labels = labels },
                },
                session.Namespace,
                cancellationToken: Ct
            );
        }

        var list = await session.Client.CoreV1.ListNamespacedConfigMapAsync(
            session.Namespace,
            labelSelector: selector,
            cancellationToken: Ct
        );
        Assert.Equal(
            names.Split(',').Order(),
            list.Items.Select(item => item.Metadata.Name).Where(name => name != "kube-root-ca.crt").Order()
        );
    }

    [Fact]
    public async Task Lists_are_narrowed_by_fields()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("here", node: "n1"), session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("there", node: "n2"), session.Namespace, cancellationToken: Ct);
        var byNode = await session.Client.CoreV1.ListPodForAllNamespacesAsync(
            fieldSelector: $"spec.nodeName=n1,metadata.namespace={session.Namespace}",
            cancellationToken: Ct
        );
        var byName = await session.Client.CoreV1.ListNamespacedPodAsync(
            session.Namespace,
            fieldSelector: "metadata.name=there",
            cancellationToken: Ct
        );
        var byPhase = await session.Client.CoreV1.ListNamespacedPodAsync(
            session.Namespace,
            fieldSelector: "status.phase!=Pending",
            cancellationToken: Ct
        );
        Assert.Equal("here", Assert.Single(byNode.Items).Metadata.Name);
        Assert.Equal("there", Assert.Single(byName.Items).Metadata.Name);
        Assert.Empty(byPhase.Items);
    }

    [Fact]
    public async Task A_field_that_cannot_be_selected_by_is_refused()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var refusal = await RefusalAsync(() =>
            session.Client.CoreV1.ListNamespacedPodAsync(session.Namespace, fieldSelector: "spec.color=red", cancellationToken: Ct)
        );
        Assert.Equal((400, "BadRequest"), (refusal.Code, refusal.Reason));
    }

    [Fact]
    public async Task A_dry_run_answers_and_stores_nothing()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var made = await session.Client.CoreV1.CreateNamespacedConfigMapAsync(
            ConfigMap("a"),
            session.Namespace,
            dryRun: "All",
            cancellationToken: Ct
        );
        Assert.False(string.IsNullOrEmpty(made.Metadata.Uid));
        Assert.True(
            await GoneAsync(() => session.Client.CoreV1.ReadNamespacedConfigMapAsync("a", session.Namespace, cancellationToken: Ct))
        );
        await session.Client.CoreV1.CreateNamespacedConfigMapAsync(ConfigMap("a"), session.Namespace, cancellationToken: Ct);
        await session.Client.CoreV1.DeleteNamespacedConfigMapAsync("a", session.Namespace, dryRun: "All", cancellationToken: Ct);
        Assert.False(
            await GoneAsync(() => session.Client.CoreV1.ReadNamespacedConfigMapAsync("a", session.Namespace, cancellationToken: Ct))
        );
    }

    [Fact]
    public async Task A_write_to_the_object_leaves_the_status_alone_and_the_other_way_round()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var made = await session.Client.AppsV1.CreateNamespacedStatefulSetAsync(
            StatefulSet("web", replicas: 2),
            session.Namespace,
            cancellationToken: Ct
        );
        made.Status = new V1StatefulSetStatus { Replicas = 7, ReadyReplicas = 7 };
        made.Spec.Replicas = 3;
        var updated = await session.Client.AppsV1.ReplaceNamespacedStatefulSetAsync(made, "web", session.Namespace, cancellationToken: Ct);
        Assert.Equal((3, 0), (updated.Spec.Replicas, updated.Status.Replicas));

        updated.Spec.Replicas = 9;
        updated.Status = new V1StatefulSetStatus
        {
            Replicas = 2,
            ReadyReplicas = 1,
            ObservedGeneration = 2,
        };
        var reported = await session.Client.AppsV1.ReplaceNamespacedStatefulSetStatusAsync(
            updated,
            "web",
            session.Namespace,
            cancellationToken: Ct
        );
        Assert.Equal((3, 2, 1), (reported.Spec.Replicas, reported.Status.Replicas, reported.Status.ReadyReplicas));
    }

    [Fact]
    public async Task Generation_counts_changes_of_the_spec_only()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var made = await session.Client.AppsV1.CreateNamespacedStatefulSetAsync(
            StatefulSet("web"),
            session.Namespace,
            cancellationToken: Ct
        );
        Assert.Equal(1, made.Metadata.Generation);
        made.Metadata.Labels = new Dictionary<string, string> { ["a"] = "b" };
        var labelled = await session.Client.AppsV1.ReplaceNamespacedStatefulSetAsync(made, "web", session.Namespace, cancellationToken: Ct);
        Assert.Equal(1, labelled.Metadata.Generation);
        labelled.Spec.Replicas = 3;
        var scaled = await session.Client.AppsV1.ReplaceNamespacedStatefulSetAsync(
            labelled,
            "web",
            session.Namespace,
            cancellationToken: Ct
        );
        Assert.Equal(2, scaled.Metadata.Generation);
    }

    [Fact]
    public async Task What_may_not_change_in_a_StatefulSet_is_refused()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var made = await session.Client.AppsV1.CreateNamespacedStatefulSetAsync(
            StatefulSet("web"),
            session.Namespace,
            cancellationToken: Ct
        );
        foreach (
            var change in new Action<V1StatefulSetSpec>[]
            {
                spec => spec.ServiceName = "other",
                spec => spec.PodManagementPolicy = "Parallel",
                spec => spec.VolumeClaimTemplates[0].Spec.Resources.Requests["storage"] = new ResourceQuantity("2Gi"),
            }
        )
        {
            var changed = await session.Client.AppsV1.ReadNamespacedStatefulSetAsync("web", session.Namespace, cancellationToken: Ct);
            change(changed.Spec);
            var refusal = await RefusalAsync(() =>
                session.Client.AppsV1.ReplaceNamespacedStatefulSetAsync(changed, "web", session.Namespace, cancellationToken: Ct)
            );
            Assert.Equal((422, "Invalid"), (refusal.Code, refusal.Reason));
            Assert.Contains(refusal.Details.Causes, cause => cause.Field == "spec" && cause.Reason == "FieldValueForbidden");
        }

        Assert.Equal("OrderedReady", made.Spec.PodManagementPolicy);
    }

    [Fact]
    public async Task A_StatefulSet_whose_selector_misses_its_template_is_refused()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var body = StatefulSet("web");
        body.Spec.Template.Metadata.Labels["app"] = "other";
        var refusal = await RefusalAsync(() =>
            session.Client.AppsV1.CreateNamespacedStatefulSetAsync(body, session.Namespace, cancellationToken: Ct)
        );
        Assert.Contains(refusal.Details.Causes, cause => cause.Field == "spec.template.metadata.labels");
    }

    [Fact]
    public async Task What_may_not_change_in_a_claim_is_refused()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var made = await session.Client.CoreV1.CreateNamespacedPersistentVolumeClaimAsync(
            Claim("data"),
            session.Namespace,
            cancellationToken: Ct
        );
        Assert.Equal("Pending", made.Status.Phase);
        made.Spec.AccessModes = ["ReadWriteMany"];
        var refusal = await RefusalAsync(() =>
            session.Client.CoreV1.ReplaceNamespacedPersistentVolumeClaimAsync(made, "data", session.Namespace, cancellationToken: Ct)
        );
        Assert.Equal((422, "Invalid"), (refusal.Code, refusal.Reason));
    }

    [Fact]
    public async Task The_image_of_a_pod_may_change_and_its_command_may_not()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var pod = await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("p"), session.Namespace, cancellationToken: Ct);
        pod.Spec.Containers[0].Image = "registry.example/etcd:3.5.17";
        pod = await session.Client.CoreV1.ReplaceNamespacedPodAsync(pod, "p", session.Namespace, cancellationToken: Ct);
        Assert.Equal("registry.example/etcd:3.5.17", pod.Spec.Containers[0].Image);
        pod.Spec.Containers[0].Command = ["true"];
        var refusal = await RefusalAsync(() =>
            session.Client.CoreV1.ReplaceNamespacedPodAsync(pod, "p", session.Namespace, cancellationToken: Ct)
        );
        Assert.Equal((422, "Invalid"), (refusal.Code, refusal.Reason));
    }

    [Fact]
    public async Task Defaults_that_clients_see_are_filled_in()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var pod = await session.Client.CoreV1.CreateNamespacedPodAsync(Pod("p"), session.Namespace, cancellationToken: Ct);
        Assert.Equal(
            ("Always", 30L, "IfNotPresent", "Pending"),
            (pod.Spec.RestartPolicy, pod.Spec.TerminationGracePeriodSeconds, pod.Spec.Containers[0].ImagePullPolicy, pod.Status.Phase)
        );
        var secret = await session.Client.CoreV1.CreateNamespacedSecretAsync(
            new V1Secret
            {
                Metadata = new V1ObjectMeta { Name = "s" },
                StringData = new Dictionary<string, string> { ["k"] = "v" },
            },
            session.Namespace,
            cancellationToken: Ct
        );
        Assert.Equal(("Opaque", "v"), (secret.Type, System.Text.Encoding.UTF8.GetString(secret.Data["k"])));
        Assert.Null(secret.StringData);
        var service = await session.Client.CoreV1.CreateNamespacedServiceAsync(
            new V1Service
            {
                Metadata = new V1ObjectMeta { Name = "svc" },
                Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = 80 }] },
            },
            session.Namespace,
            cancellationToken: Ct
        );
        Assert.Equal(
            ("ClusterIP", "TCP", "80"),
            (service.Spec.Type, service.Spec.Ports[0].Protocol, service.Spec.Ports[0].TargetPort.ToString())
        );
        Assert.StartsWith("10.96.", service.Spec.ClusterIP, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_of_a_service_may_not_change()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var body = new V1Service
        {
            Metadata = new V1ObjectMeta { Name = "svc" },
            Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = 80 }] },
        };
        var made = await session.Client.CoreV1.CreateNamespacedServiceAsync(body, session.Namespace, cancellationToken: Ct);
        made.Spec.Ports[0].Port = 81;
        made = await session.Client.CoreV1.ReplaceNamespacedServiceAsync(made, "svc", session.Namespace, cancellationToken: Ct);
        Assert.Equal(81, made.Spec.Ports[0].Port);
        (made.Spec.ClusterIP, made.Spec.ClusterIPs) = ("10.96.99.99", ["10.96.99.99"]);
        var refusal = await RefusalAsync(() =>
            session.Client.CoreV1.ReplaceNamespacedServiceAsync(made, "svc", session.Namespace, cancellationToken: Ct)
        );
        Assert.Equal((422, "Invalid"), (refusal.Code, refusal.Reason));
    }

    [Fact]
    public async Task Quantities_come_back_in_their_canonical_form()
    {
        using var session = await ApiSession.OpenAsync(api, Ct);
        var claim = Claim("data");
        claim.Spec.Resources.Requests["storage"] = new ResourceQuantity("1024Mi");
        var made = await session.Client.CoreV1.CreateNamespacedPersistentVolumeClaimAsync(claim, session.Namespace, cancellationToken: Ct);
        Assert.Equal("1Gi", made.Spec.Resources.Requests["storage"].ToString());
    }
}
