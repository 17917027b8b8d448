using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Kubernetes;
using GitOpsOperator.Specs.Tests;

namespace GitOpsOperator.Domains.Prometheus.Tests.Spec;

public sealed class MonitoringDocumentTests
{
    private const string Monitor = """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata:
          name: etcd.orders
          namespace: shop
          creationTimestamp: null
          labels: {team: orders}
        spec:
          selector:
            matchLabels: {app: etcd}
          endpoints:
          - port: metrics
            interval: 15s
            relabelings:
            - sourceLabels: [pod]
              targetLabel: member
          sampleLimit: 5000
        status:
          bindings: []
        """;

    [Theory]
    [InlineData("Git", null)]
    [InlineData("GitAndCluster", null)]
    [InlineData("Cluster", "\"Cluster\" is not taken; give Git or GitAndCluster")]
    public void A_Prometheus_says_whether_it_selects_from_the_cluster_too(string from, string? finding)
    {
        var state = Documents.Read(
            $"""
            apiVersion: monitoring.coreos.com/v1
            kind: Prometheus
            metadata:
              name: main
              annotations: {"{"}gitops-operator.dev/objects-from: {from}{"}"}
            spec: {"{}"}
            """
        );

        Assert.Equal(finding, state.Findings.SingleOrDefault()?.Message);
        Assert.Equal(
            finding is null ? from == "GitAndCluster" : null,
            (state.Documents.SingleOrDefault() as PrometheusDocument)?.TakesFromCluster
        );
    }

    [Fact]
    public void Only_a_Prometheus_says_so() =>
        Assert.Contains(
            Documents
                .Read(
                    Monitor.Replace(
                        "labels: {team: orders}",
                        "annotations: {gitops-operator.dev/objects-from: Git}",
                        StringComparison.Ordinal
                    )
                )
                .Findings,
            finding => finding.Rule == "reserved-key"
        );

    [Fact]
    public void A_document_of_prometheus_operator_is_read_unchanged_and_gets_the_defaults_of_the_API_server()
    {
        var document = Valid(Monitor);
        Assert.Equal(new ClusterKey("servicemonitor", "shop", "etcd.orders"), document.Key);
        Assert.Equal("orders", document.Labels["team"]);
        Assert.Equal(
            """{"selector":{"matchLabels":{"app":"etcd"}},"endpoints":[{"port":"metrics","interval":"15s","relabelings":["""
                + """{"sourceLabels":["pod"],"targetLabel":"member","action":"replace"}]}],"sampleLimit":5000}""",
            document.Spec.ToString()
        );
    }

    [Fact]
    public void A_Prometheus_gets_the_intervals_that_the_API_server_would_give_it()
    {
        var spec = Valid(
            """
            apiVersion: monitoring.coreos.com/v1
            kind: Prometheus
            metadata: {name: main}
            spec: {version: v3.5.0, retention: 15d, storage: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 50Gi}}}}}}
            """
        ).Spec;
        Assert.Equal(("30s", "30s", 1), (spec["scrapeInterval"].Text, spec["evaluationInterval"].Text, (int)spec["shards"].WholeNumber!));
    }

    [Fact]
    public void Every_kind_is_read()
    {
        var state = Read(
            """
            apiVersion: monitoring.coreos.com/v1
            kind: PodMonitor
            metadata: {name: same}
            spec: {selector: {}, podMetricsEndpoints: [{portNumber: 9100}]}
            ---
            apiVersion: monitoring.coreos.com/v1
            kind: Probe
            metadata: {name: same}
            spec: {prober: {url: "prober:9115"}, targets: {staticConfig: {static: [https://shop.example]}}}
            ---
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata: {name: same}
            spec: {groups: [{name: orders, rules: [{alert: Down, expr: up == 0, for: 5m}, {record: ones, expr: 1}]}]}
            ---
            apiVersion: monitoring.coreos.com/v1alpha1
            kind: ScrapeConfig
            metadata: {name: same}
            spec: {dnsSDConfigs: [{names: [shop.example], type: A, port: 80}]}
            """
        );
        Assert.Empty(state.Findings);
        Assert.Equal(["podmonitor", "probe", "prometheusrule", "scrapeconfig"], state.Parts.Select(document => document.Key.Domain));
    }

    [Fact]
    public void A_field_that_upstream_knows_and_we_do_nothing_about_is_a_warning_with_its_place()
    {
        var state = Read(
            """
            apiVersion: monitoring.coreos.com/v1
            kind: Prometheus
            metadata: {name: main}
            spec:
              thanos: {version: v0.35.0}
            """
        );
        Assert.Equal(
            "input.yaml:5:3: warning: spec.thanos: prometheus-operator knows this field, but here it has no effect; "
                + "remove it if you can do without [unsupported-field]",
            Assert.Single(state.Findings).ToString()
        );
        Assert.Single(state.Documents);
    }

    [Theory]
    [InlineData(
        "  sampleLimit: 5000",
        "  sampleLimt: 5000",
        "spec.sampleLimt: unknown field; did you mean \"sampleLimit\"? [unknown-field]"
    )]
    [InlineData(
        "    interval: 15s",
        "    intervall: 15s",
        "spec.endpoints[0].intervall: unknown field; did you mean \"interval\"? [unknown-field]"
    )]
    [InlineData(
        "    interval: 15s",
        "    interval: 15 s",
        "spec.endpoints[0].interval: \"15 s\" is not taken; give a duration such as 30s or 1h30m [field-value]"
    )]
    [InlineData("  sampleLimit: 5000", "  sampleLimit: \"5000\"", "spec.sampleLimit: is the text \"5000\"; give an integer [wrong-type]")]
    [InlineData(
        "  sampleLimit: 5000",
        "  selectorMechanism: Label",
        "spec.selectorMechanism: \"Label\" is not taken; give one of RelabelConfig, RoleSelector [field-value]"
    )]
    [InlineData(
        "  sampleLimit: 5000",
        "  jobLabel: on",
        "spec.jobLabel: on without quotes means different things to YAML 1.1 and 1.2; put it in quotes [ambiguous-value]"
    )]
    [InlineData("  sampleLimit: 5000", "  targetLabels: app", "spec.targetLabels: is the text \"app\"; give a list [wrong-type]")]
    public void What_upstream_would_refuse_is_an_error_that_names_its_field(string line, string replacement, string expected)
    {
        var state = Read(Monitor.Replace(line, replacement, StringComparison.Ordinal));
        var finding = Assert.Single(state.Findings);
        Assert.Equal(FindingSeverity.Error, finding.Severity);
        Assert.EndsWith(expected, finding.ToString().Replace("'", "\"", StringComparison.Ordinal));
        Assert.Empty(state.Parts);
    }

    [Fact]
    public void A_required_field_that_is_missing_is_an_error()
    {
        var state = Read("apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: a}\nspec: {selector: {}}");
        Assert.Equal("spec.endpoints", Assert.Single(state.Findings).Field);
    }

    [Theory]
    [InlineData("monitoring.coreos.com/v1", "Alertmanager")]
    [InlineData("monitoring.coreos.com/v1alpha1", "PrometheusAgent")]
    [InlineData("apps/v1", "Prometheus")]
    public void Kinds_that_nobody_registered_are_left_alone(string apiVersion, string kind)
    {
        var state = Read($"apiVersion: {apiVersion}\nkind: {kind}\nmetadata: {{name: main}}\nspec: {{whatever: 1}}");
        Assert.Empty(state.Findings);
        Assert.Empty(state.Documents);
    }

    [Fact]
    public void Another_version_of_a_known_kind_is_an_error()
    {
        var state = Read("apiVersion: monitoring.coreos.com/v1\nkind: ScrapeConfig\nmetadata: {name: a}\nspec: {}");
        Assert.Contains(
            state.Findings,
            finding =>
                finding.Rule == "unknown-version" && finding.Message.Contains("monitoring.coreos.com/v1alpha1", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_Prometheus_is_a_cluster_and_a_monitor_is_a_part_of_it()
    {
        const string prometheus =
            "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: main}\nspec: {serviceMonitorSelector: {}}";
        var state = new DocumentReader(DocumentKinds.All).Read([
            Documents.File("input.yaml", $"{Monitor}\n---\n{prometheus}\n---\n{Documents.Valid}"),
        ]);
        Assert.Equal(["etcd", "prometheus"], state.Documents.Select(document => document.Key.Domain));
        var main = Assert.IsType<PrometheusDocument>(state.Documents[1]);
        Assert.Equal(state.Parts, main.Objects);
        Assert.Equal("servicemonitor", Assert.Single(main.Objects).Key.Domain);
        Assert.DoesNotContain(state.Findings, finding => finding.Severity == FindingSeverity.Error);
    }

    [Fact]
    public void A_monitor_that_cannot_be_read_is_named_to_its_Prometheus_and_takes_nothing_else_along()
    {
        const string prometheus =
            "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: main}\nspec: {serviceMonitorSelector: {}}";
        var state = Read($"{prometheus}\n---\n{Monitor.Replace("interval: 15s", "interval: soon", StringComparison.Ordinal)}");
        var main = Assert.IsType<PrometheusDocument>(Assert.Single(state.Documents));
        Assert.Empty(main.Objects);
        Assert.Equal("servicemonitor", Assert.Single(main.BrokenObjects).Domain);
    }

    [Fact]
    public void Every_type_of_a_field_stands_in_the_table()
    {
        Assert.All(MonitoringKind.All, kind => Assert.True(MonitoringFields.Table.Has($"{kind.Name}Spec")));
        var named = MonitoringFields
            .Table.Names.SelectMany(name => MonitoringFields.Table.Of(name))
            .Select(field => Innermost(field.Type))
            .OfType<FieldType.Structure>();
        Assert.All(named, type => Assert.True(MonitoringFields.Table.Has(type.Name), type.Name));

        static FieldType Innermost(FieldType type) =>
            type switch
            {
                FieldType.ListOf list => Innermost(list.Item),
                FieldType.MapOf map => Innermost(map.Value),
                _ => type,
            };
    }

    [Fact]
    public void Fields_said_to_be_unsupported_are_fields()
    {
        // A slip in the list would turn a warning into silence.
        foreach (var kind in MonitoringKind.All.Cast<MonitoringKind>())
        {
            Assert.All(
                kind.Unsupported,
                path =>
                {
                    var type = new FieldType.Structure($"{kind.Name}Spec") as FieldType;
                    foreach (var step in path.Split('.')[1..])
                    {
                        var field = Assert.Single(
                            MonitoringFields.Table.Of(Assert.IsType<FieldType.Structure>(type).Name),
                            field => field.Name == step.Replace("[]", "", StringComparison.Ordinal)
                        );
                        type = step.EndsWith("[]", StringComparison.Ordinal)
                            ? Assert.IsType<FieldType.ListOf>(field.Type).Item
                            : field.Type;
                    }
                }
            );
        }
    }

    internal static MonitoringDocument Valid(string text)
    {
        var state = Read(text);
        Assert.Empty(state.Findings);
        return state.Documents is [PrometheusDocument whole]
            ? whole.Prometheus
            : Assert.IsType<MonitoringDocument>(Assert.Single(state.Parts));
    }

    private static DesiredState Read(string text) => new DocumentReader(DocumentKinds.All).Read([Documents.File("input.yaml", text)]);
}
