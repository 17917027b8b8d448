using System.Collections.Concurrent;
using System.Collections.Immutable;
using GitOpsOperator.Drift;
using GitOpsOperator.Drift.Etcd;
using GitOpsOperator.Drift.Etcd.Access;
using GitOpsOperator.Drift.Reports;
using GitOpsOperator.Drift.Watching;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Etcd;
using k8s;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Reconcile.Etcd;

/// <summary>etcd clusters: what watches, observes and changes them, put together.</summary>
public sealed class EtcdDomain : IClusterDomain, IAsyncDisposable
{
    private readonly OwnerId _owner;
    private readonly ReconcileTiming _timing;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly KubernetesView _view;
    private readonly EtcdEndpoints _endpoints;
    private readonly EtcdObserver _observer;
    private readonly EtcdExecutor _executor;
    private readonly ConcurrentDictionary<ClusterKey, EtcdControl> _controls = [];
    private readonly EtcdDriftDetection _detection;

    public EtcdDomain(
        IKubernetes kubernetes, OwnerId owner, IMandate mandate, EtcdObserverOptions observing, ReconcileTiming timing, TimeProvider time,
        ILoggerFactory loggers)
    {
        _owner = owner;
        _timing = timing;
        _time = time;
        _loggers = loggers;
        _view = new(kubernetes, null, time, loggers);
        _endpoints = new(EtcdEndpoints.DefaultDeadline, time);
        _observer = new(_view, _endpoints, observing, time);
        _detection = new(_view);
        _executor = new(kubernetes, _view, _endpoints, new() { Mandate = mandate }, time);
    }

    public string Domain => "etcd";

    public Task RunAsync(CancellationToken cancellationToken) => _view.RunAsync(cancellationToken);

    public Staleness? Staleness => _view.Staleness;

    public Task WaitSyncedAsync(CancellationToken cancellationToken) => _view.WaitSyncedAsync(cancellationToken);

    public IClusterControl Control(ClusterKey cluster, Action changed) =>
        _controls[cluster] = new EtcdControl(cluster, _owner, _view, _observer, _executor, _timing, _time, _loggers.CreateLogger<EtcdControl>(), changed);

    public async Task<PlanView> PlanAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
    {
        // What its loop saw last is at most one resync old, and costs no call.
        var desired = EtcdControl.DesiredOf(_owner, (EtcdClusterDocument)document, source);
        var seen = _controls.TryGetValue(document.Key, out var control) ? control.Live : null;
        var live = seen ?? await _observer.ObserveAsync(document.Key, _owner, cancellationToken);
        var plan = EtcdForecast.Unfold(desired, live with { Drifts = _detection.Look(desired, live) });
        return new(plan, PlanText.Write(plan), PlanMarkdown.Write(plan), PlanJson.Write(plan));
    }

    public async Task<ImmutableArray<DriftEntry>> DriftsAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
    {
        var desired = EtcdControl.DesiredOf(_owner, (EtcdClusterDocument)document, source);
        var live = await _observer.ObserveAsync(document.Key, _owner, cancellationToken);
        var ledger = new DriftLedger(new(), _time);
        ledger.Take(_detection.Look(desired, live));
        return EtcdReport.Explain(desired, ledger.Entries);
    }

    public async Task<string> ExplainAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
    {
        var desired = EtcdControl.DesiredOf(_owner, (EtcdClusterDocument)document, source);
        var live = await _observer.ObserveAsync(document.Key, _owner, cancellationToken);
        return EtcdExplanation.Write(desired, live with { Drifts = _detection.Look(desired, live), Settled = true });
    }

    public ValueTask DisposeAsync()
    {
        _endpoints.Dispose();
        return ValueTask.CompletedTask;
    }
}
