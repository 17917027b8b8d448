using System.Globalization;
using System.Security.Cryptography;
using GitOpsOperator.Drift;
using GitOpsOperator.Drift.Etcd;
using GitOpsOperator.Drift.Reports;
using GitOpsOperator.Drift.Watching;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Etcd;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Reconcile.Etcd;

/// <summary>One etcd cluster under control: its loop, what is desired of it, and what its status says.</summary>
internal sealed partial class EtcdControl : IClusterControl
{
    private readonly ClusterKey _cluster;
    private readonly OwnerId _owner;
    private readonly EtcdObserver _observer;
    private readonly ILogger<EtcdControl> _logger;
    private readonly Action _changed;
    private readonly EtcdDriftDetection _detection;
    private readonly DriftLedger _ledger;
    private readonly ClusterReconciler<EtcdDesired, EtcdLive, EtcdStep> _reconciler;
    private volatile EtcdDesired? _desired;
    private volatile ClusterReport? _report;
    private volatile EtcdLive? _live;
    private string? _told;

    public EtcdControl(
        ClusterKey cluster, OwnerId owner, KubernetesView view, EtcdObserver observer, EtcdExecutor executor,
        ReconcileTiming timing, TimeProvider time, ILogger<EtcdControl> logger, Action changed)
    {
        _cluster = cluster;
        _owner = owner;
        _observer = observer;
        _logger = logger;
        _changed = changed;
        _detection = new(view);
        _ledger = new(new(), time);
        _reconciler = new(
            cluster.ToString(),
            ObserveAsync,
            EtcdPlanner.Next,
            executor.ExecuteAsync,
            view.ChangesOf(cluster.Namespace, cluster.Name),
            timing,
            time,
            logger)
        {
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

    internal static EtcdDesired DesiredOf(OwnerId owner, EtcdClusterDocument document, DocumentSource source) => new(
        document.Key,
        owner,
        source.Repository,
        new(source.Commit, document.Location.Path, document.Location.Line, document.BlobId, document.Spec),
        NewIncarnation())
    {
        RepositoryMode = source.Mode,
        Reviewed = source.Reviewed,
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
        var names = new EtcdNames(_cluster);
        var note = (pass.Outcome as StepOutcome.NotYet)?.Reason;
        var line = pass.Decision switch
        {
            Decision<EtcdStep>.Act act when note is not null => $"{EtcdStepText.Sentence(act.Step, names)}: not yet: {note}",
            Decision<EtcdStep>.Act act => EtcdStepText.Sentence(act.Step, names),
            Decision<EtcdStep>.Progress progress => $"waiting for {progress.Expected}",
            Decision<EtcdStep>.Blocked blocked => $"blocked by {blocked.Rule}: {blocked.Reason}. {blocked.WayOut}",
            Decision<EtcdStep>.Refused refused => $"refused by {refused.Rule}: {refused.Reason}. {refused.WayOut}",
            _ => string.Create(CultureInfo.InvariantCulture, $"converged at {desired.Source.Commit[..Math.Min(7, desired.Source.Commit.Length)]}"),
        };

        // One line a decision, not one a look.
        if (line != _told)
        {
            _told = line;
            LogDecision(_cluster, line);
        }

        if (pass is { Decision: Decision<EtcdStep>.Act { Step: EtcdStep.PutBack put }, Outcome: StepOutcome.Done })
        {
            _ledger.NotePutBack(put.Target);
        }

        _report = EtcdReport.Of(desired, pass.Live, pass.Decision, note) with { Drifts = EtcdReport.Explain(desired, _ledger.Entries) };
        _changed();
    }

    /// <summary>The cluster could not be looked at or changed: the last report stands, and says so.</summary>
    private void TellFailure(Exception fault)
    {
        _told = null;
        _live = null;
        if (_report is { } report)
        {
            _report = report with
            {
                Phase = ClusterPhase.Blocked,
                Refusal = new("pass-failed", fault.Message, "It is tried again by itself, less and less often; the operator's log has the details"),
            };
            _changed();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Cluster}: {Decision}")]
    private partial void LogDecision(ClusterKey cluster, string decision);
}
