using System.Collections.Concurrent;
using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Live.Access;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Reporting;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd;

/// <summary>etcd clusters: what watches, observes and changes them, put together.</summary>
public sealed class EtcdDomain : IClusterDomain, IAsyncDisposable
{
    private readonly DomainServices _services;
    private readonly KubernetesView _view;
    private readonly EtcdEndpoints _endpoints;
    private readonly EtcdObserver _observer;
    private readonly EtcdExecutor _executor;
    private readonly ConcurrentDictionary<ClusterKey, EtcdControl> _controls = [];
    private readonly EtcdDriftDetection _detection;

    public EtcdDomain(DomainServices services)
    {
        _services = services;
        _view = new(services.Cache);
        _endpoints = new(EtcdEndpoints.DefaultDeadline, services.Time);
        _observer = new(
            _view,
            new NodeStates(services.Kubernetes, mayAsk: !services.Cache.IsNamespaced),
            _endpoints,
            new() { Grace = services.Grace, Settle = services.Settle },
            services.Time
        );
        _detection = new(_view);
        _executor = new(services.Kubernetes, _view, _endpoints, new() { Mandate = services.Mandate }, services.Time);
    }

    public string Domain => "etcd";

    public ViewAge? Stale => _view.Stale;

    public Task WaitSyncedAsync(CancellationToken cancellationToken) => _view.WaitSyncedAsync(cancellationToken);

    public ImmutableArray<ClusterKey> MadeFrom(string repository) => _view.ClustersMadeFrom(repository, Domain);

    public bool IsChange(ClusterDocument document) =>
        _observer.RecordOf(document.Key, _services.Owner)?.Accepted is { } accepted
        && accepted.Spec != ((EtcdClusterDocument)document).Spec;

    public IClusterControl Control(ClusterKey cluster, Action changed) =>
        _controls[cluster] = new EtcdControl(cluster, _services, _view, _observer, _executor, changed);

    public async Task<PlanView> PlanAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
    {
        // What its loop saw last is at most one resync old, and costs no call.
        var desired = EtcdControl.DesiredOf(_services.Owner, (EtcdClusterDocument)document, source);
        var seen = _controls.TryGetValue(document.Key, out var control) ? control.Live : null;
        var live = seen ?? await _observer.ObserveAsync(document.Key, _services.Owner, cancellationToken);
        var plan = EtcdForecast.Unfold(desired, live with { Drifts = _detection.Look(desired, live) });
        return PlanView.Of(plan, source);
    }

    public async Task<ImmutableArray<DriftEntry>> DriftsAsync(
        ClusterDocument document,
        DocumentSource source,
        CancellationToken cancellationToken
    )
    {
        var desired = EtcdControl.DesiredOf(_services.Owner, (EtcdClusterDocument)document, source);
        var live = await _observer.ObserveAsync(document.Key, _services.Owner, cancellationToken);
        var ledger = new DriftLedger(new(), _services.Time);
        ledger.Take(_detection.Look(desired, live));
        return EtcdReport.Explain(desired, ledger.Entries);
    }

    public async Task<string> ExplainAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
    {
        var desired = EtcdControl.DesiredOf(_services.Owner, (EtcdClusterDocument)document, source);
        var live = await _observer.ObserveAsync(document.Key, _services.Owner, cancellationToken);
        return EtcdExplanation.Write(desired, live with { Drifts = _detection.Look(desired, live), Settled = true });
    }

    public ValueTask DisposeAsync()
    {
        _endpoints.Dispose();
        return ValueTask.CompletedTask;
    }
}
