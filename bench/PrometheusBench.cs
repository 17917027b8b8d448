using System.Globalization;
using System.Text;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Bench;

/// <summary>From documents to a Prometheus' configuration. Baseline: all of it for the first time.</summary>
internal static class PrometheusBench
{
    private const int Monitors = 10_000;
    private const int Rules = 1_000;

    public static void Run()
    {
        var files = Files().ToList();
        List<SourceFile> changed = [.. files];
        changed[Monitors / 2] = Monitor(Monitors / 2, "10s");

        Measure.Head($"A Prometheus with {Monitors} ServiceMonitors and {Rules} PrometheusRules");
        var cold = Measure.Print("read and render cold", () => Render(new DocumentReader(MonitoringKind.All), files));
        var reader = new DocumentReader(MonitoringKind.All);
        reader.Read(files);
        var turn = false;
        Measure.Print(
            "read with one changed",
            () => $"{Read(reader, (turn = !turn) ? changed : files).Objects.Length} objects",
            cold,
            "cold"
        );
        Measure.Print("read and render with one changed", () => Render(reader, (turn = !turn) ? changed : files), cold, "cold");
    }

    private static string Render(DocumentReader reader, List<SourceFile> files)
    {
        var document = Read(reader, files);
        var selected = document
            .Objects.Where(item =>
                MonitorSelection.Evaluate(document.Prometheus, item, MonitorSelection.KnownLabels(item.Key.Namespace)).IsSelected
            )
            .ToList();
        var text = PrometheusConfiguration.Render(SelectedObjects.InputOf(document.Prometheus, selected)).Text!;
        var rules = selected.Where(item => item.Kind == MonitoringKind.PrometheusRule.Name).Sum(rule => RuleFile.TextOf(rule).Length);
        return string.Create(CultureInfo.InvariantCulture, $"{text.Length / 1e6:0.0} MB and {rules / 1e6:0.0} MB of rules");
    }

    private static PrometheusDocument Read(DocumentReader reader, List<SourceFile> files) =>
        (PrometheusDocument)reader.Read(files).Documents.Single();

    private static IEnumerable<SourceFile> Files() =>
        [
            .. Enumerable.Range(0, Monitors).Select(number => Monitor(number, "30s")),
            .. Enumerable.Range(0, Rules).Select(Rule),
            File(
                "main",
                "v1",
                """
                apiVersion: monitoring.coreos.com/v1
                kind: Prometheus
                metadata: {name: main, namespace: monitoring}
                spec: {version: v3.5.3, serviceMonitorSelector: {}, ruleSelector: {}}
                """
            ),
        ];

    private static SourceFile Monitor(int number, string interval) =>
        File(
            $"monitor-{Whole(number)}",
            interval,
            $$"""
            apiVersion: monitoring.coreos.com/v1
            kind: ServiceMonitor
            metadata: {name: service-{{Whole(number)}}, namespace: monitoring}
            spec:
              selector:
                matchLabels:
                  app: service-{{Whole(number)}}
              endpoints:
              - port: metrics
                interval: {{interval}}
                metricRelabelings:
                - {sourceLabels: [__name__], regex: "go_.*", action: drop}
            """
        );

    private static SourceFile Rule(int number) =>
        File(
            $"rule-{Whole(number)}",
            "v1",
            $$"""
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata: {name: service-{{Whole(number)}}, namespace: monitoring}
            spec:
              groups:
              - name: service-{{Whole(number)}}
                rules:
                - {alert: Down, expr: 'up == 0', for: 5m, labels: {severity: page, service: service-{{Whole(
                number
            )}}, team: a}, annotations: {summary: It is down} }
                - {record: 'service:requests:rate5m', expr: 'sum by (job, code) (rate(requests_total[5m]))'}
            """
        );

    private static SourceFile File(string name, string blob, string text) =>
        new($"clusters/{name}.yaml", $"{name}-{blob}", Encoding.UTF8.GetBytes(text));

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
