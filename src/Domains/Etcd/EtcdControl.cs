using System.Security.Cryptography;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Reporting;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
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

namespace GitOpsOperator.Domains.Etcd;

/// <summary>One etcd cluster under control: its loop, what is desired of it, and what its status says.</summary>
internal sealed class EtcdControl : IClusterControl
{
    private readonly ClusterKey _cluster;
    private readonly OwnerId _owner;
    private readonly EtcdObserver _observer;
    private readonly PassRecorder? _recorder;
    private readonly NoticeTeller<EtcdStep> _notices;
    private readonly Action _changed;
    private readonly EtcdDriftDetection _detection;
    private readonly DriftLedger _ledger;
    private readonly ClusterReconciler<EtcdDesired, EtcdLive, EtcdStep> _reconciler;
    private volatile EtcdDesired? _desired;
    private volatile ClusterReport? _report;
    private volatile EtcdLive? _live;

    public EtcdControl(
        ClusterKey cluster,
        DomainServices services,
        KubernetesView view,
        EtcdObserver observer,
        EtcdExecutor executor,
        Action changed
    )
    {
        var logger = services.Loggers.CreateLogger<EtcdControl>();
        _cluster = cluster;
        _owner = services.Owner;
        _observer = observer;
        _recorder = services.Recorder;
        _notices = new(cluster, step => EtcdStepText.Sentence(step, new EtcdNames(cluster)), services.Notify, logger);
        _changed = changed;
        _detection = new(view);
        _ledger = new(new(), services.Time);
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
            Weigh = (live, step) => new(cluster, EtcdDisruption.IsDisruptive(step), EtcdDisruption.IsUrgent(live)),
            Passed = Tell,
            Failed = TellFailure,
        };
    }

    public ClusterReport? Report => _report;

    /// <summary>What the loop saw last; null before it has looked, while it cannot, and after it has ended.</summary>
    public EtcdLive? Live => _live;

    public void Desire(ClusterDocument document, DocumentSource source)
    {
        Desire(DesiredOf(_owner, (EtcdClusterDocument)document, source));
    }

    public void KeepAccepted(string repository)
    {
        // In this life of the operator the last good document is still known; after a restart the record is asked.
        if (_desired is null && _observer.RecordOf(_cluster, _owner)?.Accepted is { } accepted)
        {
            Desire(new(_cluster, _owner, repository, accepted, NewIncarnation()));
        }
    }

    /// <summary>What differs is part of what is seen, so that the planner decides on it as on everything else.</summary>
    private async Task<EtcdLive> ObserveAsync(EtcdDesired desired, CancellationToken cancellationToken)
    {
        var live = await _observer.ObserveAsync(_cluster, _owner, cancellationToken);
        return live with { Drifts = _ledger.Take(_detection.Look(desired, live)) };
    }

    private Decision<EtcdStep> Decide(EtcdDesired desired, EtcdLive live)
    {
        var (decision, rule) = EtcdPlanner.Decide(desired, live, EtcdHashes.Rendered);
        _recorder?.Record(_cluster, EtcdFacts.Words(decision, rule, new(_cluster)), new EtcdFacts(desired, live));
        return decision;
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
            _observer.Forget(_cluster);
        }
    }

    internal static EtcdDesired DesiredOf(OwnerId owner, EtcdClusterDocument document, DocumentSource source) =>
        new(
            document.Key,
            owner,
            source.Repository,
            new(source.Commit, document.Location.Path, document.Location.Line, document.BlobId, document.Spec),
            NewIncarnation()
        )
        {
            RepositoryMode = source.Mode,
            Reviewed = source.Reviewed,
            Tombstone = document.Tombstone,
            Approvals = document.Approvals,
        };

    private static string NewIncarnation() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private void Desire(EtcdDesired desired)
    {
        _desired = desired;
        _reconciler.Desire(desired);
    }

    private void Tell(PassResult<EtcdLive, EtcdStep> pass)
    {
        _live = pass.Live;
        var desired = _desired!;
        _notices.Tell(pass.Decision, pass.NotYet, desired.Source.Commit);
        if (pass is { Decision: Decision<EtcdStep>.Act { Step: EtcdStep.PutBack put }, Outcome: StepOutcome.Done })
        {
            _ledger.NotePutBack(put.Target);
        }

        _report = EtcdReport.Of(desired, pass.Live, pass.Decision, pass.NotYet) with
        {
            Drifts = EtcdReport.Explain(desired, _ledger.Entries),
        };
        _changed();
    }

    /// <summary>The cluster could not be looked at or changed: the last report stands, and says so.</summary>
    private void TellFailure(Exception fault)
    {
        _notices.Forget();
        _live = null;
        if (_report is { } report)
        {
            _report = report.AfterFailure(fault);
            _changed();
        }
    }
}
