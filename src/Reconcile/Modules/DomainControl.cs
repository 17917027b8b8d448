using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Loop;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Specs;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Reconcile.Modules;

/// <summary>One cluster under control, the same for every domain: its loop, what is desired of it, and what its status says.</summary>
internal sealed class DomainControl<TDesired, TLive, TStep> : IClusterControl
    where TDesired : class, IDesired
    where TLive : class
    where TStep : class, IStep<TLive>
{
    private readonly ClusterDomain<TDesired, TLive, TStep> _domain;
    private readonly ClusterKey _cluster;
    private readonly Action _changed;
    private readonly DecisionReporter<TStep> _reporter;
    private readonly DriftLedger _ledger;
    private readonly ClusterReconciler<TDesired, TLive, TStep> _reconciler;
    private readonly Lock _holding = new();
    private IDisposable? _hold;
    private bool _ended;
    private volatile TDesired? _desired;
    private volatile TLive? _live;
    private volatile ClusterReport? _report;

    public DomainControl(ClusterDomain<TDesired, TLive, TStep> domain, ClusterKey cluster, Action changed)
    {
        var services = domain.Services;
        var logger = services.Loggers.CreateLogger(domain.GetType());
        (_domain, _cluster, _changed) = (domain, cluster, changed);
        _reporter = new(cluster, services.Notify, logger);
        _ledger = new(new(), services.Time);
        _reconciler = new(
            cluster,
            ObserveAsync,
            Decide,
            ExecuteAsync,
            domain.View.ChangesOf(cluster.Namespace, cluster.Name),
            services.Timing,
            services.Time,
            logger
        )
        {
            Admission = services.Admission,
            Classify = (live, step) => new(cluster, step.Describe(live).IsDisruptive, domain.IsUrgent(live)),
            DueIn = domain.DueIn,
            Passed = ReportPass,
            Failed = ReportFailure,
        };
    }

    public ClusterReport? Report => _report;

    /// <summary>What the loop saw last; null before it has looked, while it cannot, and after it has ended.</summary>
    public TLive? Live => _live;

    public void Desire(ClusterDocument document, DocumentSource source) => Desire(_domain.DesiredOf(document, source, _desired));

    public void KeepAccepted(string repository)
    {
        // In this life of the operator the last good document is still known; after a restart what stands beside the cluster is asked.
        if (_desired is null && _domain.Accepted(_cluster, repository) is { } accepted)
        {
            Desire(accepted);
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _reconciler.RunAsync(cancellationToken);
        }
        finally
        {
            _live = null;
            Hold(null);
            _domain.End(_cluster, this);
        }
    }

    private void Desire(TDesired desired)
    {
        _desired = desired;
        Hold(desired);
        _reconciler.Desire(desired);
    }

    /// <summary>The new hold comes first, so that nothing is unheld in between.</summary>
    private void Hold(TDesired? desired)
    {
        lock (_holding)
        {
            var before = _hold;
            _ended |= desired is null;
            _hold = desired is null || _ended ? null : _domain.Hold(desired);
            before?.Dispose();
        }
    }

    /// <summary>What differs is part of what is seen, so that the planner decides on it as on everything else.</summary>
    private async Task<TLive> ObserveAsync(TDesired desired, CancellationToken cancellationToken)
    {
        var live = await _domain.ObserveAsync(desired, cancellationToken);
        return _domain.WithDrifts(live, _ledger.Take(_domain.DriftsOf(live)));
    }

    /// <summary>What cannot be reverted must not keep everything else from being done, however it fails.</summary>
    private async Task<StepOutcome> ExecuteAsync(
        TDesired desired,
        TLive live,
        long observedAt,
        TStep step,
        CancellationToken cancellationToken
    )
    {
        if (step is not IRevertStep revert)
        {
            return await _domain.ExecuteAsync(desired, live, observedAt, step, cancellationToken);
        }

        try
        {
            var outcome = await _domain.ExecuteAsync(desired, live, observedAt, step, cancellationToken);
            if (outcome is StepOutcome.NotYet notYet)
            {
                _ledger.NoteFailure(revert.Target, notYet.Reason);
            }

            return outcome;
        }
        catch (Exception e)
        {
            _ledger.NoteFailure(revert.Target, e.Message);
            throw;
        }
    }

    private Decision<TStep> Decide(TDesired desired, TLive live)
    {
        var (decision, rule) = _domain.Decide(desired, live);
        _domain.Services.Recorder?.Record(
            _cluster,
            DecisionText.Of(decision, rule, step => step.Describe(live).Sentence),
            _domain.Facts(desired, live, decision)
        );
        return decision;
    }

    /// <summary>Of what the pass decided on: what is desired now may be newer, and has not been planned yet.</summary>
    private void ReportPass(PassResult<TDesired, TLive, TStep> pass)
    {
        _live = pass.Live;
        _reporter.Report(pass.Decision, step => step.Describe(pass.Live).Sentence, pass.NotYet, pass.Desired.Commit);
        if (pass is { Decision: Decision<TStep>.Act { Step: IRevertStep revert }, Outcome: StepOutcome.Done })
        {
            _ledger.NoteRevert(revert.Target);
        }

        _report = _domain.Report(pass.Desired, pass.Live, pass.Decision, pass.NotYet) with
        {
            Drifts = _domain.Explain(pass.Desired, _ledger.Entries),
        };
        _changed();
    }

    /// <summary>The cluster could not be observed or changed: the last report stands, and says so.</summary>
    private void ReportFailure(Exception error)
    {
        _reporter.Reset();
        _live = null;
        if (_report is { } report)
        {
            _report = report.AfterFailure(error);
            _changed();
        }
    }
}
