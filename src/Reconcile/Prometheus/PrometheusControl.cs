using GitOpsOperator.Drift;
using GitOpsOperator.Drift.Prometheus;
using GitOpsOperator.Drift.Watching;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Prometheus;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Reconcile.Prometheus;

/// <summary>One Prometheus under control: its loop, what is desired of it, and what its status says.</summary>
internal sealed partial class PrometheusControl : IClusterControl
{
    private readonly ClusterKey _cluster;
    private readonly OwnerId _owner;
    private readonly PrometheusLook _look;
    private readonly ILogger<PrometheusControl> _logger;
    private readonly Action _changed;
    private readonly ClusterReconciler<PrometheusDesired, PrometheusLive, PrometheusStep> _reconciler;
    private volatile PrometheusDesired? _desired;
    private volatile ClusterReport? _report;
    private string? _told;

    public PrometheusControl(
        ClusterKey cluster, OwnerId owner, KubernetesView view, PrometheusLook look, PrometheusExecutor executor, ReconcileTiming timing, TimeProvider time,
        ILogger<PrometheusControl> logger, Action changed)
    {
        (_cluster, _owner, _look, _logger, _changed) = (cluster, owner, look, logger, changed);
        _reconciler = new(
            cluster.ToString(), ObserveAsync, PrometheusPlanner.Next, executor.ExecuteAsync, view.ChangesOf(cluster.Namespace, cluster.Name), timing, time, logger)
        {
            Passed = Tell,
            Failed = TellFailure,
        };
    }

    public ClusterReport? Report => _report;

    public void Desire(ClusterDocument document, DocumentSource source)
    {
        var desired = DesiredOf(_owner, KeepingBroken((PrometheusDocument)document, _desired?.Document), source);
        _desired = desired;
        _reconciler.Desire(desired);
    }

    /// <summary>In this life of the operator the last good document is still known; after a restart the pods simply go on with what they have.</summary>
    public void KeepAccepted(string repository)
    {
    }

    public Task RunAsync(CancellationToken cancellationToken) => _reconciler.RunAsync(cancellationToken);

    internal static PrometheusDesired DesiredOf(OwnerId owner, PrometheusDocument document, DocumentSource source) =>
        new(document.Key, owner, source.Repository, source.Commit, document, source.Mode);

    /// <summary>A monitor whose document cannot be read now is kept as it last was: a slip in one file must not lose its targets.</summary>
    internal static PrometheusDocument KeepingBroken(PrometheusDocument document, PrometheusDocument? before) =>
        before is null || document.BrokenObjects.IsEmpty ? document : document with
        {
            Objects = [.. document.Objects.Concat(before.Objects.Where(item => document.BrokenObjects.Contains(item.Key))).OrderBy(item => item.Key)],
        };

    private Task<PrometheusLive> ObserveAsync(PrometheusDesired desired, CancellationToken cancellationToken) => _look.AtAsync(desired, cancellationToken);

    private void Tell(PassResult<PrometheusLive, PrometheusStep> pass)
    {
        var desired = _desired!;
        var names = new PrometheusNames(_cluster);
        var note = (pass.Outcome as StepOutcome.NotYet)?.Reason;
        var line = pass.Decision switch
        {
            Decision<PrometheusStep>.Act act when note is not null => $"{PrometheusStepText.Sentence(act.Step, names)}: not yet: {note}",
            Decision<PrometheusStep>.Act act => PrometheusStepText.Sentence(act.Step, names),
            Decision<PrometheusStep>.Progress progress => $"waiting for {progress.Expected}",
            Decision<PrometheusStep>.Blocked blocked => $"blocked by {blocked.Rule}: {blocked.Reason}. {blocked.WayOut}",
            Decision<PrometheusStep>.Refused refused => $"refused by {refused.Rule}: {refused.Reason}. {refused.WayOut}",
            _ => $"converged at {desired.Commit[..Math.Min(7, desired.Commit.Length)]}",
        };

        // One line a decision, not one a look.
        if (line != _told)
        {
            _told = line;
            LogDecision(_cluster, line);
        }

        _report = PrometheusReport.Of(desired, pass.Live, pass.Decision, note);
        _changed();
    }

    /// <summary>It could not be looked at or changed: the last report stands, and says so.</summary>
    private void TellFailure(Exception fault)
    {
        _told = null;
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
