namespace GitOpsOperator.Domains.Prometheus.Configuration;

/// <param name="Resource">As in the path of the Kubernetes API.</param>
internal sealed record MonitorKind(string Resource)
{
    public const string Group = "monitoring.coreos.com";

    public static readonly MonitorKind ServiceMonitor = new("servicemonitors");
    public static readonly MonitorKind PodMonitor = new("podmonitors");
    public static readonly MonitorKind Probe = new("probes");
    public static readonly MonitorKind ScrapeConfig = new("scrapeconfigs");
}
