using System.Net;
using GitOpsOperator.Operator.Http;
using GitOpsOperator.Operator.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace GitOpsOperator.Operator.Tests.Page;

public sealed class PageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_shows_clusters_with_their_steps_and_each_has_a_page_of_its_own()
    {
        await using var world = await OperatorWorld.StartAsync();
        var host = await world.StartOperatorAsync("operator");
        var text = "";
        await OperatorWorld.UntilAsync(async () => (text = (await OperatorWorld.AskAsync(host, "/")).Text).Contains("waiting for orders-0 to answer as the seed", StringComparison.Ordinal), () => $"the cluster is shown: {text}");
        Assert.Contains("<a href=\"/clusters/etcd/default/orders\">etcd/orders</a>", text, StringComparison.Ordinal);
        Assert.Contains(">Progressing</span>", text, StringComparison.Ordinal);
        Assert.Contains($"<code>{world.Head}</code>", text, StringComparison.Ordinal);
        Assert.Contains(">acts</span>", text, StringComparison.Ordinal);

        var (code, cluster) = await OperatorWorld.AskAsync(host, "/clusters/etcd/default/orders");
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Contains("3 members of 3.5.16", cluster, StringComparison.Ordinal);
        Assert.Contains("orders.yaml", cluster, StringComparison.Ordinal);
        Assert.Contains("<td data-label=\"member\">orders-0</td>", cluster, StringComparison.Ordinal);
    }

    [Theory, InlineData("/clusters/etcd/default/none"), InlineData("/clusters/etcd/default"), InlineData("/pulls/platform/1"), InlineData("/page.js")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        await using var world = await OperatorWorld.StartAsync();
        var host = await world.StartOperatorAsync("operator");
        Assert.Equal(HttpStatusCode.NotFound, (await OperatorWorld.AskAsync(host, path)).Code);
    }

    [Fact]
    public async Task What_a_document_says_is_text_and_the_browser_is_told_to_run_nothing()
    {
        await using var world = await OperatorWorld.StartAsync();
        world.Commit("bad.yaml", _ => "apiVersion: gitops-operator.dev/v1alpha1\nkind: EtcdCluster\nmetadata: {name: evil}\nspec: {size: 1, version: '<script>alert(1)</script>', storage: {ephemeral: true}}\n");
        var host = await world.StartOperatorAsync("operator");
        var text = "";
        await OperatorWorld.UntilAsync(async () => (text = (await OperatorWorld.AskAsync(host, "/")).Text).Contains("alert(1)", StringComparison.Ordinal), () => $"the finding is shown: {text}");
        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);

        using var client = new HttpClient { BaseAddress = host.Services.GetRequiredService<HttpEndpoint>().Address };
        foreach (var path in (string[])["/", "/page.css"])
        {
            using var answer = await client.GetAsync(path, Token);
            Assert.Equal("default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.True(answer.Headers.CacheControl?.NoStore);
        }
    }

    [Fact]
    public async Task A_replica_that_stands_by_says_who_acts()
    {
        await using var world = await OperatorWorld.StartAsync();
        var leader = await world.StartOperatorAsync("leader");
        await OperatorWorld.UntilAsync(() => Task.FromResult(OperatorWorld.Parts(leader).Election!.Holds), "the first replica acts");
        var standby = await world.StartOperatorAsync("standby");
        await OperatorWorld.UntilAsync(
            async () => (await OperatorWorld.AskAsync(standby, "/")).Text.Contains($"{OperatorWorld.Parts(leader).Election!.Holder} acts.", StringComparison.Ordinal), "the page of the second says so");
    }
}
