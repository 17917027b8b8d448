using System.Text.Json.Nodes;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Tests.Spec;
using GitOpsOperator.Operator.Tests.Deploy;
using GitOpsOperator.Operator.Tests.Running;
using GitOpsOperator.Specs;
using GitOpsOperator.TestKit;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Operator.Tests.Outputs.CustomResources;

/// <summary>Clusters as objects of Kubernetes: a running operator, and deploy/'s own definition.</summary>
[Trait("starts", "processes")]
public sealed class CustomResourceTests
{
    private const string Cluster = "etcdcluster/orders";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_is_shown_with_what_git_says_and_what_has_become_of_it()
    {
        await using var world = await DefinedAsync();
        await world.StartOperatorAsync("shown");
        await UntilShownAsync(world, shown => shown["status"]?["phase"]?.GetValue<string>() == "Progressing");

        var shown = await ReadAsync(world);
        Assert.Equal(
            (3, "3.5.16", "1Gi"),
            (
                shown["spec"]!["size"]!.GetValue<int>(),
                shown["spec"]!["version"]!.GetValue<string>(),
                shown["spec"]!["storage"]!["size"]!.GetValue<string>()
            )
        );
        Assert.Equal(world.Head, shown["status"]!["revision"]!.GetValue<string>());
        Assert.Null(shown["metadata"]!["ownerReferences"]);
        var conditions = shown["status"]!["conditions"]!
            .AsArray()
            .Select(condition => condition!.AsObject())
            .ToDictionary(condition => condition["type"]!.GetValue<string>());
        Assert.Superset(new HashSet<string> { "Ready", "Progressing", "Degraded", "Drifted" }, conditions.Keys.ToHashSet());
        Assert.Equal(("False", "True", "False"), (Status("Ready"), Status("Progressing"), Status("Drifted")));
        Assert.All(
            conditions.Values,
            condition =>
            {
                // Kubernetes' rule for reasons, and its own type of times.
                Assert.Matches("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$", condition["reason"]!.GetValue<string>());
                Assert.Equal(1, condition["observedGeneration"]!.GetValue<int>());
                Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", condition["lastTransitionTime"]!.GetValue<string>());
            }
        );

        var table = (await KubectlAsync(world, "get", "etcdclusters"))
            .Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        Assert.Equal(["NAME", "SIZE", "READY", "VERSION", "PHASE", "REVISION", "AGE"], table[0]);
        Assert.Equal(["orders", "3", "0", "Progressing", world.Head], table[1][..^1]);

        string Status(string type) => conditions[type]["status"]!.GetValue<string>();
    }

    [Fact]
    public async Task What_is_changed_by_hand_is_put_back_told_and_in_git_and_changes_no_cluster()
    {
        await using var world = await DefinedAsync();
        await world.StartOperatorAsync("edited", writeBack: true);
        await UntilShownAsync(world, shown => shown["status"] is not null);

        await KubectlAsync(world, "patch", Cluster, "--type=merge", "-p", """{"spec": {"size": 7}}""");
        await UntilShownAsync(world, shown => shown["spec"]!["size"]!.GetValue<int>() == 3);
        await OperatorWorld.UntilAsync(
            async () =>
                (await KubectlAsync(world, "get", "events", "-o", "jsonpath={.items[*].message}")).Contains(
                    "EtcdCluster/orders spec.size: 7 reverted to 3, changed by kubectl-patch",
                    StringComparison.Ordinal
                ),
            "the edit is told"
        );
        await OperatorWorld.UntilAsync(
            () =>
                Task.FromResult(
                    world.StatusFile("drift/default/orders.yaml") is { } drift
                        && drift.Contains("EtcdCluster/orders", StringComparison.Ordinal)
                ),
            "the edit is in git"
        );

        // And once more with a field taken away, which leaves no name behind.
        await KubectlAsync(world, "patch", Cluster, "--type=json", "-p", """[{"op": "remove", "path": "/spec/image"}]""");
        await UntilShownAsync(world, shown => shown["spec"]!["image"] is not null);
        Assert.Equal("3.5.16", (await ReadAsync(world))["spec"]!["version"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_commit_is_shown_and_is_no_edit_by_hand()
    {
        await using var world = await DefinedAsync();
        await world.StartOperatorAsync("moved");
        await UntilShownAsync(world, shown => shown["status"] is not null);
        world.Commit("orders.yaml", text => text.Replace("size: 3", "size: 5", StringComparison.Ordinal));
        await UntilShownAsync(
            world,
            shown =>
                shown["spec"]!["size"]!.GetValue<int>() == 5
                && shown["status"]!["revision"]!.GetValue<string>() == world.Head
                && shown["status"]!["observedGeneration"]!.GetValue<int>() == 2
        );
        Assert.DoesNotContain(
            "reverted",
            await KubectlAsync(world, "get", "events", "-o", "jsonpath={.items[*].message}"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task It_says_orphaned_when_its_document_has_gone_and_goes_when_the_cluster_has()
    {
        await using var world = await DefinedAsync();
        world.Commit("other.yaml", _ => "# A repository without any file would be taken for an accident.\n");
        await world.StartOperatorAsync("orphaned");
        using var client = new Kubernetes(world.Api.ClientConfiguration());
        await OperatorWorld.UntilAsync(
            async () => (await client.AppsV1.ListNamespacedStatefulSetAsync("default", cancellationToken: Token)).Items.Count == 1,
            "the first member is started"
        );
        await UntilShownAsync(world, shown => shown["status"] is not null);
        world.Commit("orders.yaml", _ => "");
        await UntilShownAsync(world, shown => shown["status"]!["phase"]!.GetValue<string>() == "Orphaned");
        Assert.Equal(3, (await ReadAsync(world))["spec"]!["size"]!.GetValue<int>());

        await client.AppsV1.DeleteNamespacedStatefulSetAsync("orders-0", "default", cancellationToken: Token);
        await OperatorWorld.UntilAsync(
            async () => (await KubectlAsync(world, "get", "etcdclusters", "-o", "name")).Trim().Length == 0,
            "the object goes"
        );
    }

    [Fact]
    public async Task Without_its_definition_nothing_else_changes_and_it_is_back_with_it()
    {
        await using var world = await DefinedAsync();
        var host = await world.StartOperatorAsync("undefined");
        using var client = new Kubernetes(world.Api.ClientConfiguration());
        await UntilShownAsync(world, shown => shown["status"] is not null);
        await OperatorWorld.UntilAsync(
            async () => (await client.AppsV1.ListNamespacedStatefulSetAsync("default", cancellationToken: Token)).Items.Count == 1,
            "the first member is started"
        );
        var before = (await client.AppsV1.ListNamespacedStatefulSetAsync("default", cancellationToken: Token)).Items.Single().Metadata;

        await KubectlAsync(world, "delete", "-f", Checkout.File("deploy", "definitions.yaml"));
        world.Commit("orders.yaml", text => text.Replace("size: 3", "size: 5", StringComparison.Ordinal));
        await OperatorWorld.UntilAsync(
            () =>
                Task.FromResult(
                    OperatorWorld.State(host).Clusters.Of(world.RepositoryUrl).Single()
                        is { Revision: var taken, Desired: "5 members of 3.5.16" }
                        && taken == world.Head
                ),
            "the commit is taken over"
        );
        Assert.Equal(System.Net.HttpStatusCode.OK, (await OperatorWorld.AskAsync(host, "/readyz")).Code);
        Assert.Equal(
            before.Uid,
            (await client.AppsV1.ReadNamespacedStatefulSetAsync("orders-0", "default", cancellationToken: Token)).Metadata.Uid
        );

        // The next operator finds it again at once; this one looks every few minutes.
        await world.StopOperatorAsync(host);
        await KubectlAsync(world, "apply", "-f", Checkout.File("deploy", "definitions.yaml"));
        await world.StartOperatorAsync("defined-again");
        await UntilShownAsync(world, shown => shown["spec"]!["size"]!.GetValue<int>() == 5);
    }

    [Fact]
    public async Task Another_operator_s_object_is_left_alone()
    {
        await using var world = await DefinedAsync();
        await KubectlAsync(
            world,
            "apply",
            "-f",
            world.Write(
                "theirs.json",
                """
                {"apiVersion": "gitops-operator.dev/v1alpha1", "kind": "EtcdCluster",
                 "metadata": {"name": "orders", "labels": {"gitops-operator.dev/owner": "another"}},
                 "spec": {"size": 1, "version": "3.4.23", "storage": {"ephemeral": true} } }
                """
            )
        );
        var before = (await ReadAsync(world))["metadata"]!["resourceVersion"]!.GetValue<string>();
        await world.StartOperatorAsync("neighbour");
        using var client = new Kubernetes(world.Api.ClientConfiguration());
        await OperatorWorld.UntilAsync(
            async () => (await client.AppsV1.ListNamespacedStatefulSetAsync("default", cancellationToken: Token)).Items.Count == 1,
            "the cluster itself is begun"
        );
        await OperatorWorld.UntilAsync(async () => (await KubectlAsync(world, "get", "events", "-o", "name")).Length > 0, "steps are told");
        await Task.Delay(TimeSpan.FromSeconds(2), Token);
        Assert.Equal(before, (await ReadAsync(world))["metadata"]!["resourceVersion"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_definition_knows_every_field_of_a_document()
    {
        await using var world = await DefinedAsync();
        var state = new DocumentReader(Modules.AllKinds).Read([
            new("everything.yaml", "0", System.Text.Encoding.UTF8.GetBytes(EtcdDocumentWithEverything.Text)),
        ]);
        var spec = EtcdSpecFields.Write(((EtcdClusterDocument)state.Documents.Single()).Spec);
        var file = world.Write(
            "everything.json",
            $$"""{"apiVersion": "gitops-operator.dev/v1alpha1", "kind": "EtcdCluster", "metadata": {"name": "everything"}, "spec": """
                + $$"""{{spec}} }"""
        );
        await KubectlAsync(world, "create", "--validate=strict", "-f", file);
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse(spec),
                JsonNode.Parse(await KubectlAsync(world, "get", "etcdcluster/everything", "-o", "json"))!["spec"]
            )
        );
    }

    private static async Task<OperatorWorld> DefinedAsync()
    {
        var world = await OperatorWorld.StartAsync();
        await KubectlAsync(world, "apply", "-f", Checkout.File("deploy", "definitions.yaml"));
        return world;
    }

    private static Task<string> KubectlAsync(OperatorWorld world, params string[] arguments) =>
        Kubectl.RunAsync(Token, ["--kubeconfig", world.Kubeconfig, "--namespace", "default", .. arguments]);

    private static async Task<JsonNode> ReadAsync(OperatorWorld world) =>
        JsonNode.Parse(await KubectlAsync(world, "get", Cluster, "-o", "json"))!;

    private static async Task UntilShownAsync(OperatorWorld world, Func<JsonNode, bool> condition)
    {
        using var client = new Kubernetes(world.Api.ClientConfiguration());
        var last = "not there";
        await OperatorWorld.UntilAsync(
            async () =>
            {
                try
                {
                    var shown = JsonNode.Parse(
                        (
                            (System.Text.Json.JsonElement)
                                await client.CustomObjects.GetNamespacedCustomObjectAsync(
                                    "gitops-operator.dev",
                                    "v1alpha1",
                                    "default",
                                    "etcdclusters",
                                    "orders",
                                    Token
                                )
                        ).GetRawText()
                    )!;
                    last = shown.ToJsonString();
                    return condition(shown);
                }
                catch (k8s.Autorest.HttpOperationException absent) when (absent.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
                {
                    return false;
                }
            },
            () => $"it is shown so; last seen: {last}"
        );
    }
}
