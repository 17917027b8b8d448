using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Reconcile.Plans;

namespace GitOpsOperator.Domains.Prometheus.Tests.Assembling;

/// <summary>How a change of a configuration is shown, and that nothing secret is.</summary>
public sealed class ConfigurationDiffTests
{
    private const string Before = """
        global:
          scrape_interval: 30s
        scrape_configs:
        - job_name: kept
          scrape_interval: 30s
          metrics_path: /metrics
          scheme: http
          basic_auth:
            username: reader
            password: old-password
          static_configs:
          - targets: [a:1]
        - job_name: gone
          authorization:
            credentials: token-of-gone
        remote_write:
        - url: https://user:in-the-url@far/write
          headers:
            X-Key: header-value
        """;

    [Fact]
    public void Each_part_that_changes_is_shown_with_what_is_around_it()
    {
        var after = Before
            .Replace("scrape_interval: 30s\n  metrics_path", "scrape_interval: 10s\n  metrics_path", StringComparison.Ordinal)
            .Replace(
                "- job_name: gone\n  authorization:\n    credentials: token-of-gone\n",
                "- job_name: new\n  bearer_token: token-of-new\n",
                StringComparison.Ordinal
            );

        var diffs = ConfigurationDiff.Between(Files("1", Before), Files("2", after));

        Assert.Equal(["job kept", "job new", "job gone"], diffs.Select(diff => diff.Title));
        Assert.Contains("-scrape_interval: 30s", diffs[0].Lines);
        Assert.Contains("+scrape_interval: 10s", diffs[0].Lines);
        Assert.Contains(" job_name: kept", diffs[0].Lines);
        Assert.DoesNotContain(diffs[0].Lines, line => line.Contains("targets", StringComparison.Ordinal));
        Assert.Equal(["+job_name: new", "+bearer_token: (secret)"], diffs[1].Lines);
        Assert.Equal(["-job_name: gone", "-authorization:", "-  credentials: (secret)"], diffs[2].Lines);
    }

    [Fact]
    public void Nothing_secret_is_shown_whatever_changes()
    {
        var after = Before
            .Replace("old-password", "new-password", StringComparison.Ordinal)
            .Replace("header-value", "other-value", StringComparison.Ordinal)
            .Replace("/write", "/push", StringComparison.Ordinal)
            .Replace("metrics_path: /metrics", "metrics_path: /other", StringComparison.Ordinal);

        var plan = string.Join('\n', ConfigurationDiff.Between(Files("1", Before), Files("2", after)).SelectMany(diff => diff.Lines));

        Assert.Contains("+- url: https://(secret)@far/push", plan, StringComparison.Ordinal);
        Assert.Contains("+metrics_path: /other", plan, StringComparison.Ordinal);
        foreach (
            var secret in (string[])["old-password", "new-password", "reader", "header-value", "other-value", "in-the-url", "token-of-gone"]
        )
        {
            Assert.DoesNotContain(secret, plan, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Where_only_a_secret_changes_or_one_cannot_be_read_nothing_is_shown()
    {
        Assert.Empty(
            ConfigurationDiff.Between(
                Files("1", Before),
                Files("2", Before.Replace("old-password", "new-password", StringComparison.Ordinal))
            )
        );
        Assert.Empty(ConfigurationDiff.Between(Files("1", "a: [password: x"), Files("2", Before)));
    }

    [Fact]
    public void A_rule_is_shown_as_it_was_and_as_it_becomes()
    {
        const string rules = """
            groups:
            - name: api
              rules:
              - alert: Slow
                expr: latency > 1
                annotations:
                  runbook: https://user:in-the-url@docs/slow
            """;
        var was = Files("1", Before) with { Rules = [Marked(("monitoring-api.yaml", rules), ("monitoring-old.yaml", "groups: []\n"))] };
        var becomes = Files("1", Before) with
        {
            Rules =
            [
                Marked(
                    ("monitoring-api.yaml", rules.Replace("> 1", "> 2", StringComparison.Ordinal)),
                    ("monitoring-new.yaml", "groups: []\n")
                ),
            ],
        };

        var diffs = ConfigurationDiff.Between(was, becomes);

        Assert.Equal(
            ["rules monitoring-api.yaml", "rules monitoring-new.yaml", "rules monitoring-old.yaml"],
            diffs.Select(diff => diff.Title)
        );
        Assert.Contains("-    expr: latency > 1", diffs[0].Lines);
        Assert.Contains("+    expr: latency > 2", diffs[0].Lines);
        Assert.DoesNotContain(diffs[0].Lines, line => line.Contains("in-the-url", StringComparison.Ordinal));
        Assert.Equal(["+groups: []"], diffs[1].Lines);
        Assert.Equal(["-groups: []"], diffs[2].Lines);
    }

    [Fact]
    public void Words_about_a_configuration_are_told_without_what_is_secret_in_it()
    {
        Assert.Equal(
            "cannot unmarshal !!str `(secret)` of (secret) into, see https://(secret)@far",
            ConfigurationSecrets.MaskIn("cannot unmarshal !!str `old-password` of token-of-gone into, see https://somebody:x@far", Before)
        );
        Assert.DoesNotContain("old-password", ConfigurationSecrets.MaskIn("old-password", "a: [password: x"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_of_theirs_cannot_end_the_block()
    {
        var text = PlanMarkdown.Write(Plan(new TextDiff("job ```", ["+a: \"````\"", "+b: 1"])));

        Assert.Contains("\n`````diff\n# job ```\n+a: \"````\"\n+b: 1\n`````\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_would_read_is_counted_and_named()
    {
        var text = PlanText.Write(
            Plan(new TextDiff("job a", [.. Enumerable.Range(0, 200).Select(line => $"+{line}")]), new TextDiff("job b", ["+b"]))
        );

        Assert.Contains("# and 80 more lines of it", text, StringComparison.Ordinal);
        Assert.Contains("# and 1 more: job b", text, StringComparison.Ordinal);
    }

    private static PlanForecast Plan(params TextDiff[] diffs) =>
        new(new("prometheus", "default", "main"), "main.yaml:1", "c0ffee05", [], [], default, [], PlanVerdict.NothingToDo, null)
        {
            Noun = "replica",
            Diffs = [.. diffs],
        };

    private static MarkedRules Marked(params (string Name, string Text)[] files) =>
        new("digest", files.ToImmutableSortedDictionary(file => file.Name, file => file.Text, StringComparer.Ordinal));

    private static PrometheusFiles Files(string digest, string shown) => new([new(digest, "not looked at")], []) { Shown = shown };
}
