using System.Text.RegularExpressions;

namespace GitOpsOperator.EndToEnd.Tests;

/// <summary>Documents of the runs with a Prometheus.</summary>
internal static partial class PrometheusDocuments
{
    /// <summary>The digest that a status asks to have approved, as its first group.</summary>
    [GeneratedRegex("gitops-operator.dev/approve: .{0,2}\"([0-9a-f]{16})")]
    public static partial Regex ApprovalAsked();

    public const string Etcd = """
        apiVersion: gitops-operator.dev/v1alpha1
        kind: EtcdCluster
        metadata:
          name: orders
        spec:
          size: 1
          version: 3.5.16
          storage:
            size: 1Gi
        """;

    /// <summary>Finds the members' own metrics port by the labels of their pods.</summary>
    public const string EtcdMonitor = """
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata:
          name: orders
        spec:
          selector:
            matchLabels:
              gitops-operator.dev/cluster: orders
          podMetricsEndpoints:
          - port: metrics
            interval: 2s
        """;

    public const string OwnMonitor = """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata:
          name: itself
        spec:
          selector:
            matchLabels:
              operated-prometheus: "true"
          endpoints:
          - port: web
            interval: 2s
        """;

    public static string Prometheus(string version, int replicas = 1, string more = "") =>
        $$"""
            apiVersion: monitoring.coreos.com/v1
            kind: Prometheus
            metadata:
              name: main
            spec:
              version: v{{version}}
              replicas: {{replicas}}
              serviceAccountName: prometheus
              serviceMonitorSelector: {}
              podMonitorSelector: {}
              probeSelector: {}
              scrapeConfigSelector: {}
              ruleSelector: {}
              evaluationInterval: 2s
              storage:
                volumeClaimTemplate:
                  spec:
                    resources:
                      requests:
                        storage: 1Gi
            {{more}}
            """;

    public static string Rule(string name, string expression) =>
        $$"""
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata:
              name: {{name}}
            spec:
              groups:
              - name: {{name}}
                rules:
                - record: test:{{name}}
                  expr: {{expression}}
            """;
}
