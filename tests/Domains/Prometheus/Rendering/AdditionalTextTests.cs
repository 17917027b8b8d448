using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Specs.Kubernetes;

namespace GitOpsOperator.Domains.Prometheus.Tests.Rendering;

public sealed class AdditionalTextTests
{
    [Fact]
    public void Jobs_written_by_hand_keep_their_values_and_get_the_rules_of_sharding()
    {
        var rendered = Render("- job_name: \"010\"\n  scrape_timeout: 5s\n  honor_labels: true\n  sample_limit: 10\n", shards: 2);
        var (job, rules) = Split(rendered.Text!);
        Assert.Equal("- job_name: \"010\"\n  scrape_timeout: 5s\n  honor_labels: true\n  sample_limit: 10\n", job);
        Assert.Contains("modulus: 2", rules, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_that_shards_by_itself_is_left_alone()
    {
        const string Job =
            "- job_name: own\n  relabel_configs:\n  - source_labels:\n    - __address__\n    modulus: 3\n    action: hashmod\n";
        Assert.EndsWith("scrape_configs:\n" + Job, Render(Job, shards: 2).Text);
    }

    [Theory]
    [InlineData("job_name: a")]
    [InlineData("- a\n- b")]
    [InlineData("- {a: [}")]
    [InlineData("- ? [a]\n  : b")]
    [InlineData("- a: *nowhere")]
    public void What_is_no_list_of_jobs_is_refused_and_never_shown(string text)
    {
        var result = Render("# password\n" + text, shards: 1);
        Assert.Null(result.Configuration);
        Assert.DoesNotContain("password", Assert.Single(result.Notes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_cannot_make_a_small_text_a_huge_configuration()
    {
        var levels = string.Concat(
            Enumerable.Range(1, 9).Select(level => $"  l{level}: &l{level} [{string.Join(", ", Enumerable.Repeat($"*l{level - 1}", 9))}]\n")
        );
        Assert.Null(Render($"- l0: &l0 [a]\n{levels}", shards: 1).Configuration);
    }

    private static RenderingResult Render(string jobs, int shards) =>
        PrometheusConfiguration.Render(
            new()
            {
                Namespace = "monitoring",
                Name = "main",
                Spec = SpecNode.Parse($$"""{"scrapeInterval":"30s","evaluationInterval":"30s","shards":{{shards}}}"""),
                Version = PrometheusVersion.Parse("3.5.3"),
                AdditionalScrapeConfigs = jobs,
            }
        );

    private static (string Job, string Rules) Split(string text)
    {
        var jobs = text[(text.IndexOf("scrape_configs:\n", StringComparison.Ordinal) + 16)..];
        var rules = jobs.IndexOf("  relabel_configs:", StringComparison.Ordinal);
        return (jobs[..rules], jobs[rules..]);
    }
}
