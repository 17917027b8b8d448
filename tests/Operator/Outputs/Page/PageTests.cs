using System.Net;
using GitOpsOperator.Operator.Election;
using GitOpsOperator.Operator.Outputs.Http;
using GitOpsOperator.Operator.Tests.Running;
using k8s;
using Microsoft.Extensions.DependencyInjection;

namespace GitOpsOperator.Operator.Tests.Outputs.Page;

public sealed class PageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("starts", "processes")]
    public async Task It_shows_clusters_with_their_steps_and_each_has_a_page_of_its_own()
    {
        await using var world = await OperatorWorld.StartAsync();
        var host = await world.StartOperatorAsync("operator");
        var text = "";
        await OperatorWorld.UntilAsync(
            async () =>
                (text = (await OperatorWorld.AskAsync(host, "/")).Text).Contains(
                    "waiting for orders-0 to answer as the seed",
                    StringComparison.Ordinal
                ),
            () => $"the cluster is shown: {text}"
        );
        Assert.Contains("<a href=\"/clusters/etcd/default/orders\">etcd/orders</a>", text, StringComparison.Ordinal);
        Assert.Contains(">Progressing</span>", text, StringComparison.Ordinal);
        Assert.Contains($"<code>{world.Head}</code>", text, StringComparison.Ordinal);
        Assert.Contains(">active</span>", text, StringComparison.Ordinal);

        var (code, cluster) = await OperatorWorld.AskAsync(host, "/clusters/etcd/default/orders");
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Contains("3 members of 3.5.16", cluster, StringComparison.Ordinal);
        Assert.Contains("orders.yaml", cluster, StringComparison.Ordinal);
        Assert.Contains("<td data-label=\"member\">orders-0</td>", cluster, StringComparison.Ordinal);
    }

    [
        Theory,
        InlineData("/clusters/etcd/default/none"),
        InlineData("/clusters/etcd/default"),
        InlineData("/pulls/platform/1"),
        InlineData("/page.js")
    ]
    public async Task What_is_not_there_is_not_found(string path)
    {
        await using var world = await OperatorWorld.StartAsync();
        var host = await world.StartOperatorAsync("operator");
        Assert.Equal(HttpStatusCode.NotFound, (await OperatorWorld.AskAsync(host, path)).Code);
    }

    [Fact]
    [Trait("starts", "processes")]
    public async Task What_a_document_says_is_text_and_the_browser_is_told_to_run_nothing()
    {
        await using var world = await OperatorWorld.StartAsync();
        world.Commit(
            "bad.yaml",
            _ =>
                "apiVersion: gitops-operator.dev/v1alpha1\nkind: EtcdCluster\nmetadata: {name: evil}\nspec: {size: 1, version: "
                + "'<script>alert(1)</script>', storage: {ephemeral: true}}\n"
        );
        var host = await world.StartOperatorAsync("operator");
        var text = "";
        await OperatorWorld.UntilAsync(
            async () => (text = (await OperatorWorld.AskAsync(host, "/")).Text).Contains("alert(1)", StringComparison.Ordinal),
            () => $"the finding is shown: {text}"
        );
        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);

        using var client = new HttpClient { BaseAddress = host.Services.GetRequiredService<HttpEndpoint>().Address };
        foreach (var path in (string[])["/", "/page.css"])
        {
            using var answer = await client.GetAsync(path, Token);
            Assert.Equal(
                "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                answer.Headers.GetValues("Content-Security-Policy").Single()
            );
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.True(answer.Headers.CacheControl?.NoStore);
        }
    }

    [Fact]
    [Trait("starts", "processes")]
    public async Task A_replica_that_stands_by_shows_the_page_of_the_one_that_acts()
    {
        await using var world = await OperatorWorld.StartAsync();
        var leader = await world.StartOperatorAsync("leader");
        await OperatorWorld.UntilAsync(() => Task.FromResult(OperatorWorld.State(leader).Leadership.Holds), "the first replica acts");
        var standby = await world.StartOperatorAsync("standby");
        await OperatorWorld.UntilAsync(
            async () =>
                (await OperatorWorld.AskAsync(standby, "/")).Text is var text
                && text.Contains("waiting for orders-0 to answer as the seed", StringComparison.Ordinal)
                && text.Contains(">active</span>", StringComparison.Ordinal),
            "the page of the second shows what the first knows"
        );
        Assert.Empty(OperatorWorld.State(standby).Clusters.All);
        var (code, cluster) = await OperatorWorld.AskAsync(standby, "/clusters/etcd/default/orders");
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Contains("<td data-label=\"member\">orders-0</td>", cluster, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await OperatorWorld.AskAsync(standby, "/clusters/etcd/default/none")).Code);

        // What probes ask is about the process that is asked.
        Assert.Contains("[+]leadership standby", (await OperatorWorld.AskAsync(standby, "/readyz")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://somewhere.example/")]
    [InlineData("file:///etc/passwd")]
    public async Task Where_that_page_does_not_come_it_says_who_acts(string page)
    {
        await using var world = await OperatorWorld.StartAsync();
        using var client = new Kubernetes(world.Api.ClientConfiguration());
        await client.CoordinationV1.CreateNamespacedLeaseAsync(
            new()
            {
                Metadata = new()
                {
                    Name = "gitops-operator-default",
                    Annotations = new Dictionary<string, string> { [LeaseCalls.PageAnnotation] = page },
                },
                Spec = new() { HolderIdentity = "somebody", LeaseDurationSeconds = 3600 },
            },
            "default",
            cancellationToken: Token
        );
        var standby = await world.StartOperatorAsync("standby");
        await OperatorWorld.UntilAsync(
            async () => (await OperatorWorld.AskAsync(standby, "/")).Text.Contains("somebody is active.", StringComparison.Ordinal),
            "the page says so"
        );
    }
}
