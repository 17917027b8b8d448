using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Cli;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Prometheus;

/// <summary>Prometheus on Kubernetes, from prometheus-operator's own documents.</summary>
public sealed class PrometheusModule : IDomainModule
{
    private readonly PrometheusOptions _options = new();

    public PrometheusModule() => Options = new("prometheus", _options);

    public ImmutableArray<DocumentKind> Kinds => MonitoringKind.All;

    public DomainOptions Options { get; }

    public bool IsEnabled => _options.Enabled;

    public IDocumentExplainer Explainer { get; } = new SelectionExplainer();

    public IClusterDomain Open(DomainServices services) => new PrometheusDomain(services, _options);
}
