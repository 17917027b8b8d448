using System.Collections.Immutable;
using GitOpsOperator.Drift;
using GitOpsOperator.Drift.Prometheus;
using GitOpsOperator.Drift.Prometheus.Access;
using GitOpsOperator.Drift.Reports;
using GitOpsOperator.Drift.Watching;
using GitOpsOperator.Reconcile.Prometheus.Checking;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Prometheus;
using k8s.Models;

namespace GitOpsOperator.Reconcile.Prometheus;

/// <summary>Prometheus: what watches, observes and changes it, put together.</summary>
public sealed class PrometheusDomain : IClusterDomain, IAsyncDisposable
{
    private readonly DomainServices _services;
    private readonly KubernetesView _view;
    private readonly WatchGroup _watches;
    private readonly PrometheusEndpoints _endpoints;
    private readonly PromtoolCheck _promtool;
    private readonly PrometheusLook _look;
    private readonly PrometheusExecutor _executor;

    public PrometheusDomain(DomainServices services, PrometheusOptions options)
    {
        _services = services;
        _view = new(services.Kubernetes, null, services.Time, services.Loggers, watchSecrets: true);
        var objects = new ClusterObjects(services.Kubernetes, options.ObjectsFromCluster, services.Time, services.Loggers, _view.BeatAll);
        _watches = new([.. _view.Watches.Reflectors, .. objects.Watches.Reflectors]);
        _endpoints = new(PrometheusEndpoints.DefaultDeadline, services.Time);
        _promtool = new(options.PromtoolFolder);
        var observer = new PrometheusObserver(_view, _endpoints, options.StalenessLimit, services.Time);
        _look = new(observer, new(_promtool, new ReferencedObjects(services.Kubernetes, services.Time), objects), new(_view), _view);
        _executor = new(services.Kubernetes, _view, _endpoints, observer, services.Mandate, services.Time);
    }

    public string Domain => "prometheus";

    public Task RunAsync(CancellationToken cancellationToken) => _watches.RunAsync(cancellationToken);

    public Staleness? Staleness => _watches.Staleness;

    public Task WaitSyncedAsync(CancellationToken cancellationToken) => _watches.WaitSyncedAsync(cancellationToken);

    public ImmutableArray<ClusterKey> MadeFrom(string repository) => _view.ClustersMadeFrom(repository, _services.Owner, Domain);

    /// <summary>By the Prometheus' own document: what monitors and rules were is not kept, and changes of theirs restart nothing.</summary>
    public bool IsChange(ClusterDocument document)
    {
        var secret = _view.Secrets.Find(document.Key.Namespace, new PrometheusNames(document.Key).Confirmed);
        var desired = PrometheusControl.DesiredOf(_services.Owner, (PrometheusDocument)document, new("", ""));
        return secret is not null && Ownership.IsOurs(secret.Metadata, _services.Owner)
            && secret.GetAnnotation(ObjectLabels.DesiredHashAnnotation) is { } reached && reached != PrometheusRendering.DesiredHash(desired);
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

    public async Task<ImmutableArray<DriftEntry>> DriftsAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
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

/// <summary>How Prometheus is looked at and checked.</summary>
public sealed record PrometheusOptions
{
    /// <summary>Folder with <c>VERSION/promtool</c>.</summary>
    public string PromtoolFolder { get; init; } = "/usr/local/lib/promtool";

    /// <summary>Monitors and rules that the cluster has are selected from beside those of git.</summary>
    public bool ObjectsFromCluster { get; init; }

    /// <summary>How long Kubernetes may have been out of reach before nothing is decided any more.</summary>
    public TimeSpan StalenessLimit { get; init; } = TimeSpan.FromSeconds(10);
}
