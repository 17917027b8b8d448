using System.Net;
using System.Text.RegularExpressions;
using GitOpsOperator.Domains.Etcd.Live.Access;
using GitOpsOperator.Operator.Outputs.Http;
using GitOpsOperator.Operator.Tests.Running;
using GitOpsOperator.Sandbox.Api;
using GitOpsOperator.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace GitOpsOperator.Operator.Tests.Outputs.Http;

[Collection(OneOperator.Name)]
public sealed partial class HttpEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_without_an_API_server_is_alive_and_not_ready()
    {
        await using var world = await OperatorWorld.StartAsync();
        var elsewhere = Path.GetTempFileName();
        await using (var gone = await ApiServer.StartAsync(new ApiServerOptions(), Token))
        {
            await gone.WriteKubeconfigAsync(elsewhere, Token);
        }

        var host = await world.StartOperatorAsync("lonely", elsewhere);
        Assert.Equal(HttpStatusCode.OK, (await OperatorWorld.AskAsync(host, "/healthz")).Code);
        var (code, text) = await OperatorWorld.AskAsync(host, "/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, code);
        Assert.Contains("[-]live-state", text, StringComparison.Ordinal);
        File.Delete(elsewhere);
    }

    [Fact]
    public async Task Ready_means_that_every_repository_was_looked_at_or_that_another_replica_acts()
    {
        await using var world = await OperatorWorld.StartAsync();
        var leader = await world.StartOperatorAsync("leader");
        await OperatorWorld.UntilReadyAsync(leader);
        await OperatorWorld.UntilAsync(
            async () =>
                (await OperatorWorld.AskAsync(leader, "/readyz")).Text.Contains("[+]repository/platform ok", StringComparison.Ordinal),
            "the repository was looked at"
        );
        var standby = await world.StartOperatorAsync("standby");
        await OperatorWorld.UntilReadyAsync(standby);
        Assert.Contains("[+]leadership standby", (await OperatorWorld.AskAsync(standby, "/readyz")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", "POST")]
    [InlineData("/metrics/x", "GET")]
    [InlineData("/healthz", "POST")]
    [InlineData("/readyz", "HEAD")]
    [InlineData("/metrics", "POST")]
    [InlineData("/readyz/../secret", "GET")]
    public async Task Nothing_else_is_there(string path, string method)
    {
        await using var world = await OperatorWorld.StartAsync();
        var host = await world.StartOperatorAsync("operator");
        Assert.Equal(HttpStatusCode.NotFound, (await OperatorWorld.AskAsync(host, path, new(method))).Code);
    }

    [Theory]
    [InlineData("/"), InlineData("/metrics"), InlineData("/page.css")]
    public async Task The_port_of_the_probes_has_nothing_for_others(string path)
    {
        await using var world = await OperatorWorld.StartAsync();
        var health = (await world.StartOperatorAsync("operator")).Services.GetRequiredService<HttpEndpoint>().HealthAddress!;
        Assert.Equal(HttpStatusCode.NotFound, (await OperatorWorld.AskAsync(health, path)).Code);
    }

    /// <summary>As manifests have it that were made when there was one port.</summary>
    [Fact]
    public async Task Probes_are_answered_on_the_port_of_the_page_too()
    {
        await using var world = await OperatorWorld.StartAsync();
        var host = await world.StartOperatorAsync("operator");
        var page = host.Services.GetRequiredService<HttpEndpoint>().Address!;
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await OperatorWorld.AskAsync(page, "/healthz"));
        await OperatorWorld.UntilAsync(
            async () => (await OperatorWorld.AskAsync(page, "/readyz")).Code == HttpStatusCode.OK,
            "it is ready"
        );
    }

    [Fact]
    [Trait("starts", "processes")]
    public async Task Every_metric_is_documented_and_every_documented_one_is_there()
    {
        await using var world = await OperatorWorld.StartAsync();
        var host = await world.StartOperatorAsync("operator");

        // There are no members in this world that the operator could ask.
        using var members = new EtcdEndpoints(EtcdEndpoints.DefaultDeadline, TimeProvider.System);
        await Assert.ThrowsAsync<EtcdCallException>(() => members.At("http://127.0.0.1:1").StatusAsync(Token));
        var documented = DocumentedName()
            .Matches(await File.ReadAllTextAsync(Checkout.File("docs", "metrics.md"), Token))
            .Select(match => match.Groups[1].Value)
            .Order()
            .ToList();
        var metrics = "";
        List<string> shown = [];

        // Some are there only once a cluster has been looked at and a step taken.
        await OperatorWorld.UntilAsync(
            async () =>
            {
                metrics = (await OperatorWorld.AskAsync(host, "/metrics")).Text;

                // Only while something is refused.
                shown =
                [
                    .. TypeLine()
                        .Matches(metrics)
                        .Select(match => match.Groups[1].Value)
                        .Append("gitops_operator_cluster_blocked_info")
                        .Append("gitops_operator_cluster_refusal_info")
                        .Distinct()
                        .Order(),
                ];
                return shown.Count >= documented.Count;
            },
            () => $"every documented metric; missing: {string.Join(", ", documented.Except(shown))}"
        );
        Assert.Equal(documented, shown);

        Assert.Contains("gitops_operator_leader 1", metrics, StringComparison.Ordinal);
        Assert.Contains("gitops_operator_repository_error{repository=\"platform\"} 0", metrics, StringComparison.Ordinal);
        Assert.Contains(
            "gitops_operator_cluster_phase{cluster=\"orders\",cluster_namespace=\"default\",domain=\"etcd\",phase=\"progressing\"} 1",
            metrics,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("otel_scope", metrics, StringComparison.Ordinal);
        await Promtool.AcceptsAsync(["check", "metrics"], metrics, Token);
    }

    [GeneratedRegex("(?m)^\\| `(gitops_operator_[a-z_]+)")]
    private static partial Regex DocumentedName();

    [GeneratedRegex("(?m)^# TYPE (gitops_operator_[a-z_]+) ")]
    private static partial Regex TypeLine();
}

/// <summary>
/// Meters are of the whole process: where a second operator ends, its instruments take the first one's of the same name along. Nothing else
/// runs beside these tests, as nothing does beside a real operator.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneOperator
{
    public const string Name = "one operator in the process";
}
