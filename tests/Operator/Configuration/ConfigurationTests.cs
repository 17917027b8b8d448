using GitOpsOperator.Domains.Prometheus;
using GitOpsOperator.Operator.Configuration;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Tests.Configuration;

public sealed class ConfigurationTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("configuration-").FullName, "config.yaml");

    [Fact]
    public void Defaults_are_laid_under_what_the_file_says()
    {
        var configuration = Read(
            """
            repositories:
              - name: clusters
                url: https://git.example/clusters.git
                interval: 1m30s
            """
        );

        var repository = Assert.Single(configuration.Repositories);
        Assert.Equal(TimeSpan.FromSeconds(90), repository.Interval);
        Assert.Equal("refs/heads/main", repository.Ref);
        Assert.Equal("default", configuration.OperatorId);
    }

    [Fact]
    public void A_domain_reads_its_own_section_and_no_other_root_key_is_taken()
    {
        var configuration = Read(
            """
            repositories: [{name: a, url: /tmp/a}]
            prometheus:
              enabled: true
              promtool: /tools
            """
        );

        var prometheus = configuration.Modules.Select(module => module.Options?.Values).OfType<PrometheusOptions>().Single();
        Assert.True(prometheus.Enabled);
        Assert.Equal("/tools", prometheus.Promtool);
        Assert.Contains(configuration.Kinds, kind => kind.Name == "ServiceMonitor");
        Assert.DoesNotContain(Read("repositories: [{name: a, url: /tmp/a}]").Kinds, kind => kind.Name == "ServiceMonitor");
        Assert.Contains(
            "prometheuz",
            Assert
                .Throws<ConfigurationException>(() => Read("repositories: [{name: a, url: /tmp/a}]\nprometheuz: {enabled: true}"))
                .Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("", DriftMode.Correct)]
    [InlineData("mode: report", DriftMode.Report)]
    [InlineData("mode: correct", DriftMode.Correct)]
    public void What_a_repository_does_about_drift_is_said_in_the_file(string mode, DriftMode expected) =>
        Assert.Equal(
            expected,
            Assert.Single(Read($"repositories: [{{name: a, url: /tmp/a{(mode.Length > 0 ? $", {mode}" : "")}}}]").Repositories).Mode
        );

    [Fact]
    public void The_environment_is_laid_over_the_file_and_flags_over_the_environment()
    {
        var file = """
            operatorId: from-file
            stateDirectory: /from-file
            repositories: [{name: a, url: /tmp/a}]
            """;

        var configuration = Read(
            file,
            environment: new() { ["GITOPS_OPERATOR_ID"] = "from-environment", ["GITOPS_OPERATOR_STATE_DIRECTORY"] = "/from-environment" },
            flags: read => read.StateDirectory = "/from-flag"
        );

        Assert.Equal("from-environment", configuration.OperatorId);
        Assert.Equal("/from-flag", configuration.StateDirectory);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var faults = Assert
            .Throws<ConfigurationException>(() =>
                Read(
                    """
                    operatorId: Not a name
                    kubeconfig: /there/is/no/such/file
                    repositories:
                      - name: twice
                        url: https://user:secret@git.example/a.git
                      - name: twice
                        interval: 10ms
                    timing:
                      settle: 1s
                    """
                )
            )
            .Errors;

        Assert.Collection(
            faults,
            fault => Assert.Contains("operatorId: 'Not a name'", fault, StringComparison.Ordinal),
            fault => Assert.Contains("kubeconfig: /there/is/no/such/file does not exist", fault, StringComparison.Ordinal),
            fault => Assert.Contains("'twice' is given 2 times", fault, StringComparison.Ordinal),
            fault => Assert.Contains("repositories[0].url: holds credentials", fault, StringComparison.Ordinal),
            fault => Assert.Contains("repositories[1].url: missing", fault, StringComparison.Ordinal),
            fault => Assert.Contains("repositories[1].interval: 0.01 s is too short; at least 1 s", fault, StringComparison.Ordinal),
            fault => Assert.Contains("timing.settle: 1 s is too short; at least 5 s", fault, StringComparison.Ordinal)
        );
        Assert.DoesNotContain(faults, fault => fault.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_repository_may_decide_on_is_said_in_the_file()
    {
        var policy = Assert
            .Single(
                Read(
                    "repositories: [{name: a, url: /tmp/a, allow: {namespaces: [team-a, team-a-*], kinds: [EtcdCluster], "
                        + "images: [gcr.io/etcd-development]}}]"
                ).Repositories
            )
            .Allow.Policy;

        Assert.Equal(["team-a", "team-a-*"], policy.Namespaces);
        Assert.Equal(["EtcdCluster"], policy.Kinds);
        Assert.Equal(["gcr.io/etcd-development"], policy.Images);
        Assert.Equal(["*"], Assert.Single(Read("repositories: [{name: a, url: /tmp/a, allow: }]").Repositories).Allow.Policy.Namespaces);
    }

    [Theory]
    [InlineData("namespaces: []", "allow.namespaces: names nothing")]
    [InlineData("kinds: [EtcdClusters]", "allow.kinds: 'EtcdClusters' is no kind")]
    [InlineData("images: [\"gcr.io/*\"]", "allow.images: 'gcr.io/*' holds a *")]
    [InlineData("images: [\"\"]", "allow.images: holds an empty entry")]
    public void A_policy_that_means_something_else_than_it_says_is_a_fault(string allow, string fault) =>
        Assert.Contains(
            fault,
            Assert.Throws<ConfigurationException>(() => Read($"repositories: [{{name: a, url: /tmp/a, allow: {{{allow}}}}}]")).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("repositores: []", ":1:1: ", "repositores")]
    [InlineData("repositories: [{name: a, url: /tmp/a, interval: soon}]", ":1:", "'soon' is no duration")]
    [InlineData("repositories: [", ":2:1", "")]
    public void A_file_that_cannot_be_read_says_where_and_why(string text, string where, string why)
    {
        var fault = Assert.Single(Assert.Throws<ConfigurationException>(() => Read(text + "\n")).Errors);

        Assert.Contains(where, fault, StringComparison.Ordinal);
        Assert.Contains(why, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*:8080", 0, "[::]:8081")]
    [InlineData("127.0.0.1:8080", 9000, "127.0.0.1:9000")]
    [InlineData("127.0.0.1:0", 0, "127.0.0.1:0")]
    public void Probes_have_a_port_of_their_own_without_a_word(string listen, int healthPort, string expected) =>
        Assert.Equal(
            expected,
            Read($"{{repositories: [{{name: a, url: /tmp/a}}], http: {{listen: '{listen}', healthPort: {healthPort}}}}}")
                .Http.HealthEndpoint?.ToString()
        );

    [Theory]
    [InlineData("listen: '*:8080', healthPort: 8080", "no port beside http.listen's 8080")]
    [InlineData("listen: '*:65535'", "no port beside http.listen's 65535")]
    [InlineData("listen: '*:8080', healthPort: 65536", "no port beside http.listen's 8080")]
    [InlineData("listen: '*:8080', healthPort: -1", "no port beside http.listen's 8080")]
    [InlineData("healthPort: 8081", "is at the address of http.listen, and that is empty")]
    public void A_port_for_probes_that_cannot_be_is_refused(string http, string fault) =>
        Assert.Contains(
            fault,
            Assert.Throws<ConfigurationException>(() => Read($"{{repositories: [{{name: a, url: /tmp/a}}], http: {{{http}}}}}")).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("10s", 10)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    public void Durations_are_written_as_in_Kubernetes(string text, double seconds)
    {
        Assert.True(DurationConverter.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("-5s")]
    [InlineData("1d")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationConverter.TryParse(text, out _));

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    private OperatorConfiguration Read(
        string text,
        Dictionary<string, string>? environment = null,
        Action<OperatorConfiguration>? flags = null
    )
    {
        File.WriteAllText(_path, text);
        return ConfigurationReader.Read(_path, name => environment?.GetValueOrDefault(name), flags ?? (_ => { }));
    }
}
