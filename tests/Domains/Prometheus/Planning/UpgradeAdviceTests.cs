using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using static GitOpsOperator.Domains.Prometheus.Tests.Planning.PrometheusScene;

namespace GitOpsOperator.Domains.Prometheus.Tests.Planning;

/// <summary>What a reviewer is told of a step from version 2 to 3.</summary>
public sealed class UpgradeAdviceTests
{
    private const string Documents = """
        apiVersion: monitoring.coreos.com/v1
        kind: Prometheus
        metadata: {name: main, namespace: monitoring}
        spec:
          version: VERSION
          replicas: 1
          ruleSelector: {}
          enableFeatures: [expand-external-labels, exemplar-storage]
          additionalArgs: [{name: alertmanager.timeout, value: 10s}]
          remoteWrite: [{url: "https://far/write"}, {url: "https://near/write", enableHTTP2: true}]
        ---
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: old, namespace: monitoring}
        spec:
          groups:
          - name: old
            rules:
            - {record: "a:b", expr: "holt_winters(up[5m], 0.5, 0.5)"}
            - {record: "a:c", expr: "sum(rate(http_bucket{le=\"1\"}[5m]))"}
            - {record: "a:d", expr: "max_over_time(up[1m:1m])"}
            - {record: "a:e", expr: "up{job=~\"api.+\"}"}
            - {record: "a:f", expr: "up{job=~\"api\\\\.x\"} + http_bucket{le=\"0.5\"} + max_over_time(up[5m:1m])"}
        """;

    [Fact]
    public async Task Each_thing_that_means_something_else_is_named_with_its_place()
    {
        string[] expected =
        [
            "from 2.53.3 go to 2.55 first",
            "spec.enableFeatures: expand-external-labels is no feature",
            "spec.additionalArgs: version 3 does not start with --alertmanager.timeout",
            "spec.remoteWrite[0]: version 3 uses HTTP/2 only",
            "spec.nameValidationScheme: version 3 takes any UTF-8",
            "spec.groups[0].rules[0].expr: holt_winters is double_exponential_smoothing",
            "spec.groups[0].rules[1].expr: version 3 writes whole bounds of classic histograms with .0: le=\"1\" matches nothing",
            "spec.groups[0].rules[2].expr: [1m:1m] holds one point less",
            "spec.groups[0].rules[3].expr: a dot in a regular expression",
            "version 3 refuses a target that does not say",
        ];
        var advice = await AdviceAsync("v2.53.3", "v3.5.3");

        Assert.Collection(
            advice,
            [.. expected.Select(part => (Action<string>)(line => Assert.Contains(part, line, StringComparison.Ordinal)))]
        );
        Assert.StartsWith("clusters/main.yaml:12: PrometheusRule old spec.groups[0].rules[0].expr: ", advice[5], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v2.53.3", "v2.55.1")]
    [InlineData("v3.0.0", "v3.5.3")]
    public async Task Within_a_major_version_nothing_is_said(string from, string to) => Assert.Empty(await AdviceAsync(from, to));

    [Fact]
    public async Task From_the_last_of_version_2_there_is_a_way_back() =>
        Assert.DoesNotContain(await AdviceAsync("v2.55.1", "v3.5.3"), line => line.Contains("2.55 first", StringComparison.Ordinal));

    private static async Task<ImmutableArray<string>> AdviceAsync(string from, string to)
    {
        var (before, after) = (Desired(from), Desired(to));
        var plan = PrometheusForecast.Unfold(after, await (await RunningAsync(before)).SeenByAsync(after));
        return [.. plan.Warnings.Where(line => !line.Contains("promtool", StringComparison.Ordinal))];
    }

    private static PrometheusDesired Desired(string version) =>
        Of(("clusters/main.yaml", Documents.Replace("VERSION", version, StringComparison.Ordinal)));
}
