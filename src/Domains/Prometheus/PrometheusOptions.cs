namespace GitOpsOperator.Domains.Prometheus;

/// <summary>What the management of Prometheus needs from outside git.</summary>
public sealed class PrometheusOptions
{
    /// <summary>
    /// Whether documents of <c>monitoring.coreos.com</c> are taken. A preview. It needs the rights in deploy/prometheus, since
    /// configurations lie in Secrets.
    /// </summary>
    public bool Enabled { get; set; }

    /// <summary>Folder with <c>VERSION/promtool</c>, which reads rules and configurations before a Prometheus gets them.</summary>
    public string Promtool { get; set; } = "/usr/local/lib/promtool";

    /// <summary>
    /// Whether a Prometheus selects also from the monitors and rules that the cluster itself has, such as those that charts install, beside
    /// those of git. The annotation <c>gitops-operator.dev/objects-from: Git</c> on a Prometheus takes it out of this.
    /// </summary>
    public bool ObjectsFromCluster { get; set; }
}
