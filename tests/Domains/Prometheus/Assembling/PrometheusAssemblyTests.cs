using System.Net;
using System.Text;
using GitOpsOperator.Domains.Prometheus.Checking;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Tests.Planning;
using GitOpsOperator.Reconcile.Writing;

namespace GitOpsOperator.Domains.Prometheus.Tests.Assembling;

/// <summary>What becomes of documents that name Secrets and ConfigMaps of the cluster.</summary>
public sealed class PrometheusAssemblyTests
{
    private const string Monitors = """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: guarded, namespace: monitoring}
        spec:
          selector: {}
          endpoints:
          - port: web
            scheme: https
            basicAuth:
              username: {name: credentials, key: user}
              password: {name: credentials, key: password}
            tlsConfig:
              ca: {configMap: {name: authority, key: ca.crt}}
              cert: {secret: {name: client, key: tls.crt}}
              keySecret: {name: client, key: tls.key}
        ---
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: open, namespace: monitoring}
        spec:
          selector: {}
          endpoints: [{port: web}]
        """;

    private static readonly Objects All = new()
    {
        [new(IsSecret: true, "monitoring", "credentials")] = new() { ["user"] = "reader", ["password"] = "hunter2 and more" },
        [new(IsSecret: true, "monitoring", "client")] = new() { ["tls.crt"] = "CERTIFICATE", ["tls.key"] = "KEY" },
        [new(IsSecret: false, "monitoring", "authority")] = new() { ["ca.crt"] = "AUTHORITY" },
    };

    [Fact]
    public async Task Values_stand_in_the_configuration_and_certificates_beside_it_in_one_Secret()
    {
        var desired = Desired(Monitors);
        var rendered = await RenderAsync(desired, All);

        var shard = rendered.Files!.Shards[0];
        Assert.Contains("password: hunter2 and more", shard.Text, StringComparison.Ordinal);
        Assert.Contains("key_file: /etc/prometheus/certs/0_monitoring_client_tls.key", shard.Text, StringComparison.Ordinal);
        var data = PrometheusRendering.Configuration(desired, rendered.Files, 0).Data;
        Assert.Equal(
            ["0_monitoring_client_tls.crt", "0_monitoring_client_tls.key", "1_monitoring_authority_ca.crt", "prometheus.yaml"],
            data.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal("KEY", Encoding.UTF8.GetString(data["0_monitoring_client_tls.key"]));
        Assert.Empty(rendered.Notes.Where(note => !note.Contains("promtool", StringComparison.Ordinal)));

        // What people are shown has nothing of a Secret, whatever field it stands in.
        Assert.Contains("- job_name: serviceMonitor/monitoring/guarded/0", rendered.Files.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("reader", rendered.Files.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", rendered.Files.Shown, StringComparison.Ordinal);

        // It is kept whole, to be put back whole.
        var kept = ConfirmedFiles.Read(new() { Data = ConfirmedFiles.Data(rendered.Files, null) });
        Assert.Equal(shard.Assets, kept!.Shards[0].Assets);
        Assert.Equal(rendered.Files.Shown, kept.Shown);
    }

    [Fact]
    public async Task Values_that_are_needed_only_together_are_all_read()
    {
        const string monitor = """
            apiVersion: monitoring.coreos.com/v1
            kind: ServiceMonitor
            metadata: {name: guarded, namespace: monitoring}
            spec:
              selector: {}
              endpoints:
              - port: web
                oauth2:
                  clientId: {configMap: {name: authority, key: client}}
                  clientSecret: {name: client, key: secret}
                  tokenUrl: https://tokens.example
            """;
        const string remote =
            "remoteWrite: [{url: \"https://far\", sigv4: {accessKey: {name: client, key: access}, secretKey: {name: client, key: aws}}}]";
        var objects = All.With(
                new(IsSecret: true, "monitoring", "client"),
                new()
                {
                    ["secret"] = "client-secret",
                    ["access"] = "access-key",
                    ["aws"] = "aws-secret",
                }
            )
            .With(new(IsSecret: false, "monitoring", "authority"), new() { ["client"] = "client-id" });

        var files = (await RenderAsync(Desired(monitor, remote), objects)).Files!;

        Assert.All(
            (string[])["client_id: client-id", "client_secret: client-secret", "access_key: access-key", "secret_key: aws-secret"],
            line => Assert.Contains(line, files.Shards[0].Text, StringComparison.Ordinal)
        );
        Assert.All(
            (string[])["client-secret", "access-key", "aws-secret"],
            secret => Assert.DoesNotContain(secret, files.Shown, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Another_certificate_is_another_configuration()
    {
        var before = await RenderAsync(Desired(Monitors), All);
        var after = await RenderAsync(
            Desired(Monitors),
            All.With(new(IsSecret: true, "monitoring", "client"), new() { ["tls.crt"] = "CERTIFICATE", ["tls.key"] = "ANOTHER" })
        );

        Assert.NotEqual(before.Files!.Digest, after.Files!.Digest);
        Assert.Equal(before.Files, (await RenderAsync(Desired(Monitors), All)).Files);
    }

    [Theory]
    [InlineData(
        "credentials",
        "Secret monitoring/credentials, key user is missing; Secret monitoring/credentials, key password is missing"
    )]
    [InlineData("client", "Secret monitoring/client, key tls.crt is missing; Secret monitoring/client, key tls.key is missing")]
    public async Task A_monitor_whose_Secret_is_missing_is_left_out_alone(string secret, string reason)
    {
        var rendered = await RenderAsync(Desired(Monitors), All.With(new(IsSecret: true, "monitoring", secret), null));

        Assert.DoesNotContain("monitoring/guarded", rendered.Files!.Shards[0].Text, StringComparison.Ordinal);
        Assert.Contains("job_name: serviceMonitor/monitoring/open/0", rendered.Files.Shards[0].Text, StringComparison.Ordinal);
        var left = Assert.Single(rendered.Selection, item => !item.IsIn);
        Assert.Equal(("ServiceMonitor monitoring/guarded", reason), (left.Name, left.Reason));
        Assert.Contains($"clusters/monitors.yaml:1: ServiceMonitor monitoring/guarded is left out: {reason}", rendered.Notes);
    }

    [Fact]
    public async Task What_may_not_be_read_leaves_its_monitor_out_and_nothing_else()
    {
        var rendered = await RenderAsync(Desired(Monitors), new Locked(All, "client"));

        Assert.Contains("job_name: serviceMonitor/monitoring/open/0", rendered.Files!.Shards[0].Text, StringComparison.Ordinal);
        Assert.Equal(
            "Secret monitoring/client, key tls.crt may not be read by this operator; Secret monitoring/client, key tls.key may "
                + "not be read by this operator",
            Assert.Single(rendered.Selection, item => !item.IsIn).Reason
        );
    }

    [Fact]
    public async Task What_the_Prometheus_itself_names_and_is_missing_refuses_the_whole()
    {
        var rendered = await RenderAsync(
            Desired(Monitors, "remoteWrite: [{url: \"https://far\", authorization: {credentials: {name: far, key: token}}}]"),
            All
        );

        Assert.Null(rendered.Files);
        Assert.Equal("remoteWrite[0]: Secret monitoring/far, key token is missing", rendered.Refusal);
    }

    [Fact]
    public async Task Jobs_in_Prometheus_own_words_come_from_a_Secret_and_may_be_missing_where_they_are_optional()
    {
        var key = new ReferencedObject(IsSecret: true, "monitoring", "more");
        var there = await RenderAsync(
            Desired(Monitors, "additionalScrapeConfigs: {name: more, key: jobs}"),
            All.With(key, new() { ["jobs"] = "- job_name: by hand\n  static_configs: [{targets: [a:1]}]\n" })
        );
        Assert.Contains("- job_name: by hand", there.Files!.Shards[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("by hand", there.Files.Shown, StringComparison.Ordinal);

        var missing = await RenderAsync(Desired(Monitors, "additionalScrapeConfigs: {name: more, key: jobs}"), All);
        Assert.Equal("additionalScrapeConfigs: Secret monitoring/more, key jobs is missing", missing.Refusal);

        Assert.NotNull(
            (await RenderAsync(Desired(Monitors, "additionalScrapeConfigs: {name: more, key: jobs, optional: true}"), All)).Files
        );
    }

    [Fact]
    public async Task A_shard_that_is_only_kept_scrapes_nothing_and_answers_for_the_same_rules()
    {
        var rendered = await RenderAsync(Desired(Monitors), All, shards: 2);

        Assert.Contains("job_name:", rendered.Files!.Shards[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("job_name:", rendered.Files.Shards[1].Text, StringComparison.Ordinal);
        Assert.Contains("rule_files:", rendered.Files.Shards[1].Text, StringComparison.Ordinal);
    }

    private static async Task<RenderedFiles> RenderAsync(PrometheusDesired desired, IReferencedObjects objects, int shards = 1)
    {
        using var promtool = new PromtoolCheck("/there/is/none");
        return await new PrometheusAssembly(promtool, objects).RenderAsync(desired.Document, shards, TestContext.Current.CancellationToken);
    }

    private static PrometheusDesired Desired(string monitors, string spec = "replicas: 1") =>
        PrometheusScene.Of(
            (
                "clusters/main.yaml",
                $"""
                apiVersion: monitoring.coreos.com/v1
                kind: Prometheus
                metadata: {"{name: main, namespace: monitoring}"}
                spec:
                  version: v3.5.3
                  serviceMonitorSelector: {"{}"}
                  {spec}

                """
            ),
            ("clusters/monitors.yaml", monitors)
        );

    private sealed class Locked(Objects objects, string secret) : IReferencedObjects
    {
        public Task<IReadOnlyDictionary<string, string>?> ReadAsync(ReferencedObject reference, CancellationToken cancellationToken) =>
            reference.Name != secret
                ? objects.ReadAsync(reference, cancellationToken)
                : throw new KubernetesCallException(
                    $"read {reference}",
                    new("forbidden") { Response = new(new(HttpStatusCode.Forbidden), "") }
                );
    }

    private sealed class Objects : Dictionary<ReferencedObject, Dictionary<string, string>>, IReferencedObjects
    {
        public Task<IReadOnlyDictionary<string, string>?> ReadAsync(ReferencedObject reference, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyDictionary<string, string>?>(this.GetValueOrDefault(reference));

        public Objects With(ReferencedObject reference, Dictionary<string, string>? entries)
        {
            var changed = new Objects();
            foreach (var (known, values) in this.Where(known => known.Key != reference))
            {
                changed[known] = values;
            }

            if (entries is not null)
            {
                changed[reference] = entries;
            }

            return changed;
        }
    }
}
