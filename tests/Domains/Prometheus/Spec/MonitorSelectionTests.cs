using GitOpsOperator.Domains.Prometheus.Spec;

namespace GitOpsOperator.Domains.Prometheus.Tests.Spec;

public sealed class MonitorSelectionTests
{
    private static readonly Dictionary<string, string> OfNamespace = new() { ["monitored"] = "yes" };

    [Theory]
    [InlineData("", "monitoring", false, "serviceMonitorSelector is not set, which selects nothing; {} would select all")]
    [InlineData("serviceMonitorSelector: {}", "monitoring", true, "serviceMonitorSelector is empty, which selects all")]
    [InlineData(
        "serviceMonitorSelector: {}",
        "shop",
        false,
        "it is in namespace shop, and without serviceMonitorNamespaceSelector only monitoring is looked into"
    )]
    [InlineData(
        "serviceMonitorSelector: {}, serviceMonitorNamespaceSelector: {}",
        "shop",
        true,
        "serviceMonitorSelector is empty, which selects all"
    )]
    [InlineData(
        "serviceMonitorSelector: {}, serviceMonitorNamespaceSelector: {matchLabels: {monitored: \"yes\"}}",
        "shop",
        true,
        "serviceMonitorSelector is empty, which selects all"
    )]
    [InlineData(
        "serviceMonitorSelector: {}, serviceMonitorNamespaceSelector: {matchLabels: {monitored: \"no\"}}",
        "shop",
        false,
        "serviceMonitorNamespaceSelector wants monitored=no of namespace shop"
    )]
    [InlineData("serviceMonitorSelector: {matchLabels: {team: orders}}", "monitoring", true, "serviceMonitorSelector matches its labels")]
    [InlineData("serviceMonitorSelector: {matchLabels: {team: shop}}", "monitoring", false, "serviceMonitorSelector wants team=shop")]
    [InlineData(
        "serviceMonitorSelector: {matchExpressions: [{key: team, operator: In, values: [a, orders]}]}",
        "monitoring",
        true,
        "serviceMonitorSelector matches its labels"
    )]
    [InlineData(
        "serviceMonitorSelector: {matchExpressions: [{key: team, operator: NotIn, values: [orders]}]}",
        "monitoring",
        false,
        "serviceMonitorSelector wants team not in (orders)"
    )]
    [InlineData(
        "serviceMonitorSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [one]}]}",
        "monitoring",
        true,
        "serviceMonitorSelector matches its labels"
    )]
    [InlineData(
        "serviceMonitorSelector: {matchExpressions: [{key: tier, operator: Exists}]}",
        "monitoring",
        false,
        "serviceMonitorSelector wants tier is set"
    )]
    [InlineData(
        "serviceMonitorSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}",
        "monitoring",
        false,
        "serviceMonitorSelector wants team is not set"
    )]
    [InlineData(
        "podMonitorSelector: {}",
        "monitoring",
        false,
        "serviceMonitorSelector is not set, which selects nothing; {} would select all"
    )]
    public void An_object_is_selected_as_upstream_selects_it_and_it_is_said_why(
        string selectors,
        string space,
        bool selected,
        string reason
    )
    {
        var prometheus = MonitoringDocumentTests.Valid(
            $"apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {{name: main, namespace: monitoring}}\nspec: "
                + $"{{{selectors}}}"
        );
        var monitor = MonitoringDocumentTests.Valid(
            $"apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {{name: etcd, namespace: {space}, labels: "
                + $"{{team: orders}}}}\nspec: {{selector: {{}}, endpoints: []}}"
        );
        Assert.Equal(new(selected, reason), MonitorSelection.Evaluate(prometheus, monitor, OfNamespace));
    }

    [Theory]
    [InlineData("port: web", true, "")]
    [InlineData("port: web, bearerTokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token", false, "endpoints[1].bearerTokenFile")]
    [InlineData("port: web, tlsConfig: {caFile: /etc/ca.crt}", false, "endpoints[1].tlsConfig.caFile")]
    [InlineData("port: web, tlsConfig: {keySecret: {name: a, key: b}}", true, "")]
    public void Where_it_is_denied_no_ServiceMonitor_has_Prometheus_read_files(string endpoint, bool selected, string named)
    {
        var prometheus = MonitoringDocumentTests.Valid(
            "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: main}\nspec: {serviceMonitorSelector: "
                + "{}, arbitraryFSAccessThroughSMs: {deny: true}}"
        );
        var monitor = MonitoringDocumentTests.Valid(
            $"apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {{name: etcd}}\nspec: {{selector: {{}}, "
                + $"endpoints: [{{port: web}}, {{{endpoint}}}]}}"
        );

        var verdict = MonitorSelection.Evaluate(prometheus, monitor, OfNamespace);

        Assert.Equal(selected, verdict.IsSelected);
        Assert.Contains(named, verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_labels_of_a_namespace_are_not_known_nothing_in_it_is_selected_by_them()
    {
        var prometheus = MonitoringDocumentTests.Valid(
            "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: main}\nspec: {ruleSelector: {}, "
                + "ruleNamespaceSelector: {matchLabels: {a: b}}}"
        );
        var rule = MonitoringDocumentTests.Valid(
            "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: a, namespace: shop}\nspec: {groups: []}"
        );
        Assert.False(MonitorSelection.Evaluate(prometheus, rule, namespaceLabels: null).IsSelected);
    }
}
