using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Reporting;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Domains.Prometheus.Steps;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Loop;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Recording;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Specs;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Domains.Prometheus;

/// <summary>One Prometheus under control: its loop, what is desired of it, and what its status says.</summary>
internal sealed class PrometheusControl : IClusterControl
{
    private readonly OwnerId _owner;
    private readonly PrometheusLook _look;
    private readonly ClusterKey _cluster;
    private readonly PassRecorder? _recorder;
    private readonly NoticeTeller<PrometheusStep> _notices;
    private readonly Action _changed;
    private readonly DriftLedger _ledger;
    private readonly ClusterReconciler<PrometheusDesired, PrometheusLive, PrometheusStep> _reconciler;
    private readonly Lock _holding = new();
    private IDisposable? _hold;
    private bool _ended;
    private volatile PrometheusDesired? _desired;
    private volatile ClusterReport? _report;

    public PrometheusControl(
        ClusterKey cluster,
        DomainServices services,
        KubernetesView view,
        PrometheusLook look,
        PrometheusExecutor executor,
        Action changed
    )
    {
        var logger = services.Loggers.CreateLogger<PrometheusControl>();
        (_owner, _look, _changed) = (services.Owner, look, changed);
        (_cluster, _recorder) = (cluster, services.Recorder);
        _ledger = new(new(), services.Time);
        _notices = new(cluster, step => PrometheusStepText.Sentence(step, new PrometheusNames(cluster)), services.Notify, logger);
        _reconciler = new(
            cluster,
            ObserveAsync,
            Decide,
            executor.ExecuteAsync,
            view.ChangesOf(cluster.Namespace, cluster.Name),
            services.Timing,
            services.Time,
            logger
        )
        {
            Admission = services.Admission,
            Weigh = (live, step) => new(cluster, PrometheusDisruption.IsDisruptive(step), PrometheusDisruption.IsUrgent(live)),
            Passed = Tell,
            Failed = TellFailure,
        };
    }

    public ClusterReport? Report => _report;

    public void Desire(ClusterDocument document, DocumentSource source)
    {
        var desired = DesiredOf(_owner, KeepingBroken((PrometheusDocument)document, _desired?.Document), source);
        _desired = desired;
        Hold(desired.Document);
        _reconciler.Desire(desired);
    }

    /// <summary>
    /// In this life of the operator the last good document is still known; after a restart the pods simply go on with what they have.
    /// </summary>
    public void KeepAccepted(string repository) { }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _reconciler.RunAsync(cancellationToken);
        }
        finally
        {
            Hold(null);
        }
    }

    /// <summary>
    /// As long as it is controlled, what it selects from in the cluster is watched. The new hold comes first, so that nothing is closed
    /// in between.
    /// </summary>
    private void Hold(PrometheusDocument? document)
    {
        lock (_holding)
        {
            var before = _hold;
            _ended |= document is null;
            _hold = document is null || _ended ? null : _look.Hold(document);
            before?.Dispose();
        }
    }

    internal static PrometheusDesired DesiredOf(OwnerId owner, PrometheusDocument document, DocumentSource source) =>
        new(document.Key, owner, source.Repository, source.Commit, document, source.Mode) { Reviewed = source.Reviewed };

    /// <summary>A monitor whose document cannot be read now is kept as it last was: a slip in one file must not lose its targets.</summary>
    internal static PrometheusDocument KeepingBroken(PrometheusDocument document, PrometheusDocument? before) =>
        before is null || document.BrokenObjects.IsEmpty
            ? document
            : document with
            {
                Objects =
                [
                    .. document
                        .Objects.Concat(before.Objects.Where(item => document.BrokenObjects.Contains(item.Key)))
                        .OrderBy(item => item.Key),
                ],
            };

    private async Task<PrometheusLive> ObserveAsync(PrometheusDesired desired, CancellationToken cancellationToken)
    {
        var live = await _look.AtAsync(desired, cancellationToken);
        return live with { Drifts = _ledger.Take(live.Drifts) };
    }

    private Decision<PrometheusStep> Decide(PrometheusDesired desired, PrometheusLive live)
    {
        var (decision, rule) = PrometheusPlanner.Decide(desired, live, PrometheusHashes.Rendered);
        _recorder?.Record(
            _cluster,
            $"{rule}: {DecisionText.Of(decision, step => PrometheusStepText.Sentence(step, new PrometheusNames(_cluster)))}",
            PrometheusFacts.Of(desired, live, decision)
        );
        return decision;
    }

    private void Tell(PassResult<PrometheusLive, PrometheusStep> pass)
    {
        var desired = _desired!;
        _notices.Tell(pass.Decision, pass.NotYet, desired.Commit);
        if (pass is { Decision: Decision<PrometheusStep>.Act { Step: PrometheusStep.PutBack put }, Outcome: StepOutcome.Done })
        {
            _ledger.NotePutBack(put.Target);
        }

        _report = PrometheusReport.Of(desired, pass.Live, pass.Decision, pass.NotYet) with
        {
            Drifts = PrometheusReport.Explain(desired, _ledger.Entries),
        };
        _changed();
    }

    /// <summary>It could not be looked at or changed: the last report stands, and says so.</summary>
    private void TellFailure(Exception fault)
    {
        _notices.Forget();
        if (_report is { } report)
        {
            _report = report.AfterFailure(fault);
            _changed();
        }
    }
}
