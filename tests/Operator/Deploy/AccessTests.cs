using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using GitOpsOperator.Domains.Prometheus;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Operator.Hosting;
using GitOpsOperator.Operator.Tests.Running;
using GitOpsOperator.TestKit;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Operator.Tests.Deploy;

/// <summary>A service account is held to its roles: the operator to those of deploy/, others to theirs.</summary>
public sealed class AccessTests
{
    private const string Namespace = "gitops-operator-system";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("starts", "processes")]
    public async Task An_operator_with_the_rights_of_deploy_begins_a_cluster()
    {
        await using var world = await OperatorWorld.StartAsync();
        await Kubectl.RunAsync(Token, "--kubeconfig", world.Kubeconfig, "apply", "-k", Checkout.File("deploy"));
        var kubeconfig = await world.KubeconfigOfAsync(Namespace, "gitops-operator");
        var host = await world.StartOperatorAsync("restricted", kubeconfig, Namespace);
        await OperatorWorld.UntilReadyAsync(host);

        using var client = new Kubernetes(world.Api.ClientConfiguration());
        await OperatorWorld.UntilAsync(
            async () => (await client.AppsV1.ListNamespacedStatefulSetAsync("default", cancellationToken: Token)).Items.Count > 0,
            "the first member is started"
        );

        var unused = await Kubectl.RunAsync(
            Token,
            "--kubeconfig",
            world.Kubeconfig,
            "get",
            "--raw",
            $"/sandbox/unused-rules/{Namespace}/gitops-operator"
        );
        TestContext.Current.TestOutputHelper?.WriteLine(unused);
        Assert.Contains("delete persistentvolumeclaims", unused, StringComparison.Ordinal);
        Assert.DoesNotContain("list pods", unused, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("starts", "processes")]
    public async Task An_operator_that_is_kept_to_namespaces_begins_a_cluster_and_asks_for_nothing_beyond_them()
    {
        await using var world = await OperatorWorld.StartAsync();
        var deploy = await DeployCopy.WithAsync(world.Folder, ["prometheus", "namespaced"], Token);
        await Kubectl.RunAsync(Token, "--kubeconfig", world.Kubeconfig, "apply", "-k", deploy);
        foreach (var @namespace in (string[])["default", "kube-public"])
        {
            await Kubectl.RunAsync(
                Token,
                "--kubeconfig",
                world.Kubeconfig,
                "-n",
                @namespace,
                "apply",
                "-f",
                Path.Combine(deploy, "namespaced", "access.yaml"),
                "-f",
                Path.Combine(deploy, "namespaced", "access-prometheus.yaml")
            );
        }

        world.Commit(
            "elsewhere.yaml",
            _ =>
                "apiVersion: gitops-operator.dev/v1alpha1\nkind: EtcdCluster\nmetadata: {name: elsewhere, namespace: "
                + "kube-system}\nspec: {size: 1, version: 3.5.16, storage: {size: 1Gi}}\n"
        );
        var kubeconfig = await world.KubeconfigOfAsync(Namespace, "gitops-operator");
        var calls = new ConcurrentDictionary<string, int>();
        using var listener = RefusedCalls(calls);
        var host = await world.StartOperatorAsync(
            "restricted",
            kubeconfig,
            Namespace,
            configure: configuration =>
            {
                configuration.Namespaces = ["default", "kube-public"];
                var prometheus = configuration.Modules.Select(module => module.Options?.Values).OfType<PrometheusOptions>().Single();
                prometheus.Enabled = prometheus.ObjectsFromCluster = true;
            }
        );
        await OperatorWorld.UntilReadyAsync(host);

        using var client = new Kubernetes(world.Api.ClientConfiguration());
        await OperatorWorld.UntilAsync(
            async () => (await client.AppsV1.ListNamespacedStatefulSetAsync("default", cancellationToken: Token)).Items.Count > 0,
            "the first member is started"
        );
        await OperatorWorld.UntilAsync(
            async () =>
                (
                    await client.CustomObjects.ListNamespacedCustomObjectAsync<CustomObjectList>(
                        "gitops-operator.dev",
                        "v1alpha1",
                        "default",
                        "etcdclusters",
                        cancellationToken: Token
                    )
                )
                    .Items
                    .Count > 0,
            "the cluster is shown"
        );

        // A refused call is one that was asked for beyond what is granted, and nothing is granted at the scope of the cluster.
        Assert.Empty(calls);
        Assert.Empty((await client.AppsV1.ListNamespacedStatefulSetAsync("kube-system", cancellationToken: Token)).Items);
        var finding = Assert.Single(
            OperatorWorld.State(host).Repositories["platform"].Report.Findings,
            finding => finding.Subject?.Name == "elsewhere"
        );
        Assert.Contains("is not seen by this operator, only default, kube-public", finding.Message, StringComparison.Ordinal);
    }

    private static MeterListener RefusedCalls(ConcurrentDictionary<string, int> calls)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == KubernetesCallMeter.MeterName)
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>(
            (_, _, tags, _) =>
            {
                var call = tags.ToArray().ToDictionary(tag => tag.Key, tag => $"{tag.Value}");
                if (call["code"] == "403")
                {
                    calls.AddOrUpdate($"{call["verb"]} {call["resource"]}", 1, (_, count) => count + 1);
                }
            }
        );
        listener.Start();
        return listener;
    }

    [Fact]
    public async Task What_no_rule_allows_is_forbidden_in_the_words_of_Kubernetes()
    {
        await using var world = await OperatorWorld.StartAsync();
        using var admin = new Kubernetes(world.Api.ClientConfiguration());
        await admin.RbacAuthorizationV1.CreateNamespacedRoleAsync(
            new V1Role
            {
                Metadata = new() { Name = "patcher" },
                Rules =
                [
                    new()
                    {
                        ApiGroups = [""],
                        Resources = ["configmaps"],
                        Verbs = ["patch", "get"],
                        ResourceNames = ["mine"],
                    },
                ],
            },
            "default",
            cancellationToken: Token
        );
        await admin.RbacAuthorizationV1.CreateNamespacedRoleBindingAsync(
            new V1RoleBinding
            {
                Metadata = new() { Name = "patcher" },
                RoleRef = new()
                {
                    ApiGroup = "rbac.authorization.k8s.io",
                    Kind = "Role",
                    Name = "patcher",
                },
                Subjects =
                [
                    new()
                    {
                        Kind = "ServiceAccount",
                        Name = "default",
                        NamespaceProperty = "default",
                    },
                ],
            },
            "default",
            cancellationToken: Token
        );
        using var account = new Kubernetes(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(await world.KubeconfigOfAsync("default", "default"))
        );

        Assert.Equal(
            "pods is forbidden: User \"system:serviceaccount:default:default\" cannot list resource \"pods\" in API group \"\" "
                + "at the cluster scope",
            await ForbiddenAsync(() => account.CoreV1.ListPodForAllNamespacesAsync(cancellationToken: Token))
        );
        Assert.Contains(
            "cannot get resource \"configmaps\"",
            await ForbiddenAsync(() => account.CoreV1.ReadNamespacedConfigMapAsync("yours", "default", cancellationToken: Token)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "in the namespace \"kube-system\"",
            await ForbiddenAsync(() => account.CoreV1.ReadNamespacedConfigMapAsync("mine", "kube-system", cancellationToken: Token)),
            StringComparison.Ordinal
        );

        // Applying what is not there makes it.
        Task<V1ConfigMap> ApplyAsync() =>
            account.CoreV1.PatchNamespacedConfigMapAsync(
                new V1Patch(
                    new V1ConfigMap
                    {
                        ApiVersion = "v1",
                        Kind = "ConfigMap",
                        Metadata = new() { Name = "mine" },
                    },
                    V1Patch.PatchType.ApplyPatch
                ),
                "mine",
                "default",
                fieldManager: "test",
                cancellationToken: Token
            );
        Assert.Contains("cannot create resource \"configmaps\"", await ForbiddenAsync(ApplyAsync), StringComparison.Ordinal);
        await admin.CoreV1.CreateNamespacedConfigMapAsync(
            new V1ConfigMap { Metadata = new() { Name = "mine" } },
            "default",
            cancellationToken: Token
        );
        await ApplyAsync();
        Assert.Equal(
            "mine",
            (await account.CoreV1.ReadNamespacedConfigMapAsync("mine", "default", cancellationToken: Token)).Metadata.Name
        );
    }

    private static async Task<string> ForbiddenAsync<T>(Func<Task<T>> call)
    {
        var refusal = await Assert.ThrowsAsync<HttpOperationException>(call);
        Assert.Equal(HttpStatusCode.Forbidden, refusal.Response.StatusCode);
        return KubernetesJson.Deserialize<V1Status>(refusal.Response.Content).Message;
    }
}
