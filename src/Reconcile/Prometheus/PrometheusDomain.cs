using System.Collections.Immutable;
using GitOpsOperator.Drift;
using GitOpsOperator.Drift.Prometheus;
using GitOpsOperator.Drift.Prometheus.Access;
using GitOpsOperator.Drift.Reports;
using GitOpsOperator.Drift.Watching;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Prometheus.Checking;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Prometheus;
using k8s;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Reconcile.Prometheus;

/// <summary>Prometheus: what watches, observes and changes it, put together.</summary>
public sealed class PrometheusDomain : IClusterDomain, IAsyncDisposable
{
    private readonly OwnerId _owner;
    private readonly ReconcileTiming _timing;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly KubernetesView _view;
    private readonly PrometheusEndpoints _endpoints;
    private readonly PromtoolCheck _promtool;
    private readonly PrometheusLook _look;
    private readonly PrometheusExecutor _executor;

    public PrometheusDomain(
        IKubernetes kubernetes, OwnerId owner, IMandate mandate, PrometheusOptions options, ReconcileTiming timing, TimeProvider time, ILoggerFactory loggers)
    {
        (_owner, _timing, _time, _loggers) = (owner, timing, time, loggers);
        _view = new(kubernetes, null, time, loggers, watchSecrets: true);
        _endpoints = new(PrometheusEndpoints.DefaultDeadline, time);
        _promtool = new(options.PromtoolFolder);
        var observer = new PrometheusObserver(_view, _endpoints, options.StalenessLimit, time);
        _look = new(observer, new(_promtool));
        _executor = new(kubernetes, _view, _endpoints, observer, mandate, time);
    }

    public string Domain => "prometheus";

    public Task RunAsync(CancellationToken cancellationToken) => _view.RunAsync(cancellationToken);

    public Staleness? Staleness => _view.Staleness;

    public Task WaitSyncedAsync(CancellationToken cancellationToken) => _view.WaitSyncedAsync(cancellationToken);

    public IClusterControl Control(ClusterKey cluster, Action changed) =>
        new PrometheusControl(cluster, _owner, _view, _look, _executor, _timing, _time, _loggers.CreateLogger<PrometheusControl>(), changed);

    public async Task<PlanView> PlanAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
    {
        var desired = PrometheusControl.DesiredOf(_owner, (PrometheusDocument)document, source);
        var plan = PrometheusForecast.Unfold(desired, await _look.AtAsync(desired, cancellationToken));
        return new(plan, PlanText.Write(plan), PlanMarkdown.Write(plan), PlanJson.Write(plan));
    }

    public Task<ImmutableArray<DriftEntry>> DriftsAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray<DriftEntry>.Empty);

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

    /// <summary>How long Kubernetes may have been out of reach before nothing is decided any more.</summary>
    public TimeSpan StalenessLimit { get; init; } = TimeSpan.FromSeconds(10);
}
