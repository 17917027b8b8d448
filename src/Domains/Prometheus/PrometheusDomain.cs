using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Checking;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Live.Access;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Reporting;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus;

/// <summary>Prometheus: what watches, observes and changes it, put together.</summary>
public sealed class PrometheusDomain : IClusterDomain, IAsyncDisposable
{
    private readonly DomainServices _services;
    private readonly KubernetesView _view;
    private readonly ClusterObjects _objects;
    private readonly PrometheusEndpoints _endpoints;
    private readonly PromtoolCheck _promtool;
    private readonly PrometheusLook _look;
    private readonly PrometheusExecutor _executor;

    public PrometheusDomain(DomainServices services, PrometheusOptions options)
    {
        _services = services;
        _view = new(services.Cache, secrets: true, claims: PrometheusNames.MayBeClaim);
        _objects = new ClusterObjects(services.Cache, options.ObjectsFromCluster, _view.NotifyAll);
        _endpoints = new(PrometheusEndpoints.DefaultDeadline, services.Time);
        _promtool = new(options.Promtool);
        var observer = new PrometheusObserver(_view, _endpoints, services.Time);
        _look = new(
            observer,
            new(_promtool, new ReferencedObjects(services.Kubernetes, services.Time), _objects),
            new(_view),
            _view,
            _objects
        );
        _executor = new(services.Kubernetes, _view, _endpoints, observer, services.Mandate, services.Time);
    }

    public string Domain => "prometheus";

    public ViewAge? Stale => _view.Stale ?? _objects.Stale;

    /// <summary>What monitors and namespaces there are is waited for where it is asked for.</summary>
    public Task WaitSyncedAsync(CancellationToken cancellationToken) => _view.WaitSyncedAsync(cancellationToken);

    public ImmutableArray<ClusterKey> MadeFrom(string repository) => _view.ClustersMadeFrom(repository, Domain);

    /// <summary>By the Prometheus' own document: what monitors and rules were is not kept, and changes of theirs restart nothing.</summary>
    public bool IsChange(ClusterDocument document)
    {
        var secret = _view.Secrets?.Find(document.Key.Namespace, new PrometheusNames(document.Key).Confirmed);
        var desired = PrometheusControl.DesiredOf(_services.Owner, (PrometheusDocument)document, new("", ""));
        return secret is not null
            && Ownership.IsOurs(secret.Metadata, _services.Owner)
            && secret.GetAnnotation(ObjectLabels.DesiredHashAnnotation) is { } reached
            && reached != PrometheusRendering.DesiredHash(desired);
    }

    public IClusterControl Control(ClusterKey cluster, Action changed) =>
        new PrometheusControl(cluster, _services, _view, _look, _executor, changed);

    public async Task<PlanView> PlanAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
    {
        var desired = PrometheusControl.DesiredOf(_services.Owner, (PrometheusDocument)document, source);
        var plan = PrometheusForecast.Unfold(desired, await _look.AtAsync(desired, cancellationToken));
        return PlanView.Of(plan, source);
    }

    /// <summary>The plan, and of each monitor and rule of git and the cluster whether it is selected, and why.</summary>
    public async Task<string> ExplainAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
    {
        var desired = PrometheusControl.DesiredOf(_services.Owner, (PrometheusDocument)document, source);
        var live = await _look.AtAsync(desired, cancellationToken);
        var plan = PlanView.Of(PrometheusForecast.Unfold(desired, live), source).Text;
        return string.Join('\n', [.. PrometheusExplanation.Lines(live.Rendered), "", plan]);
    }

    public async Task<ImmutableArray<DriftEntry>> DriftsAsync(
        ClusterDocument document,
        DocumentSource source,
        CancellationToken cancellationToken
    )
    {
        var desired = PrometheusControl.DesiredOf(_services.Owner, (PrometheusDocument)document, source);
        var ledger = new DriftLedger(new(), _services.Time);
        ledger.Take((await _look.AtAsync(desired, cancellationToken)).Drifts);
        return PrometheusReport.Explain(desired, ledger.Entries);
    }

    public ValueTask DisposeAsync()
    {
        _endpoints.Dispose();
        _promtool.Dispose();
        return ValueTask.CompletedTask;
    }
}
