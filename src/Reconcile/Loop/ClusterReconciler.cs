using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Specs;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Reconcile.Loop;

/// <summary>
/// The main path: observe, decide, act, observe again. One step at a time; what comes next is decided only from what was seen, never from
/// what was sent.
/// </summary>
/// <param name="observe">Looks at the cluster; changes nothing.</param>
/// <param name="next">Decides; reads nothing but its arguments.</param>
/// <param name="execute">Carries out one step on what was seen; the number is the monotonic time just before the look.</param>
/// <param name="changes">Notified when Kubernetes has changed something of the cluster.</param>
public sealed class ClusterReconciler<TDesired, TLive, TStep>(
    ClusterKey cluster,
    Func<TDesired, CancellationToken, Task<TLive>> observe,
    Func<TDesired, TLive, Decision<TStep>> next,
    Func<TDesired, TLive, long, TStep, CancellationToken, Task<StepOutcome>> execute,
    ChangeSignal changes,
    ReconcileTiming timing,
    TimeProvider time,
    ILogger logger
)
    where TDesired : class
{
    private readonly ChangeSignal _newDesired = new();
    private volatile TDesired? _desired;

    /// <summary>Says whether now is the time for a step.</summary>
    public IAdmission Admission { get; init; } = OpenAdmission.Instance;

    /// <summary>What a step asks of <see cref="Admission"/>.</summary>
    public Func<TLive, TStep, StepRequest> Classify { get; init; } = (_, _) => new(cluster, Disruptive: false, Urgent: false);

    /// <summary>How soon time alone will make another observation of this one; null where it will not.</summary>
    public Func<TLive, TimeSpan?> DueIn { get; init; } = _ => null;

    /// <summary>Called after each pass, on the loop's own thread.</summary>
    public Action<PassResult<TDesired, TLive, TStep>>? Passed { get; init; }

    /// <summary>Called after each pass that failed.</summary>
    public Action<Exception>? Failed { get; init; }

    /// <summary>Sets what is desired. It is taken at the next pass, so never in the middle of a step.</summary>
    public void Desire(TDesired desired)
    {
        _desired = desired;
        _newDesired.Notify();
    }

    public async Task<PassResult<TDesired, TLive, TStep>> PassAsync(TDesired desired, CancellationToken cancellationToken)
    {
        var before = time.GetTimestamp();
        var live = await observe(desired, cancellationToken);
        var decision = next(desired, live);
        var held = decision is Decision<TStep>.Act due ? Admission.Ask(Classify(live, due.Step)) : null;
        if (held is not null)
        {
            decision = held.Remediation is { } remediation
                ? new Decision<TStep>.Blocked(held.Rule, held.Reason, remediation)
                : new Decision<TStep>.Progress(held.Reason);
        }

        if (decision is Decision<TStep>.Converged or Decision<TStep>.Blocked or Decision<TStep>.Refused)
        {
            Admission.Release(cluster);
        }

        ReconcileMetrics.Passed(Domain, WordOf(decision));
        if (decision is not Decision<TStep>.Act(var step))
        {
            return new(desired, live, decision, null) { IsHeld = held is not null };
        }

        // A step is not torn by cancellation: what is cancelled is the loop, at the next boundary.
        cancellationToken.ThrowIfCancellationRequested();
        using var limit = new CancellationTokenSource(timing.StepLimit, time);
        var begun = time.GetTimestamp();
        var outcome = await execute(desired, live, before, step, limit.Token);
        ReconcileMetrics.Stepped(Domain, StepKind.Of(step!), outcome is StepOutcome.Done ? "done" : "not-yet", time.GetElapsedTime(begun));
        return new(desired, live, decision, outcome);
    }

    /// <summary>Brings the cluster to what is desired, and keeps it there, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LoopAsync(cancellationToken);
        }
        finally
        {
            Admission.Release(cluster);
        }
    }

    private async Task LoopAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        var waits = 0;
        while (true)
        {
            var seen = (Changes: changes.Count, Desired: _newDesired.Count, Admission: Admission.Changes.Count);
            if (_desired is not { } desired)
            {
                await _newDesired.WaitAsync(seen.Desired, cancellationToken);
                continue;
            }

            TimeSpan pause;
            var held = false;
            try
            {
                var pass = await PassAsync(desired, cancellationToken);
                failures = 0;
                held = pass.IsHeld;
                waits = IsWaiting(pass) ? waits + 1 : 0;
                pause = Pause(pass, waits);
                Passed?.Invoke(pass);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // The edge of one cluster: whatever went wrong here is told, and must not end the loops of others.
                pause = timing.Failure.After(++failures);
                Admission.Release(cluster);
                logger.LogError(e, "{Cluster}: pass failed ({Failures} in a row); next try in {Pause}", cluster, failures, pause);
                ReconcileMetrics.Passed(Domain, "failed");
                Failed?.Invoke(e);
            }

            await WaitAsync(pause, wakeOnChange: failures == 0, wakeOnAdmission: held, seen, cancellationToken);
        }
    }

    private string Domain => cluster.Domain;

    private static string WordOf(Decision<TStep> decision) =>
        decision switch
        {
            Decision<TStep>.Act => "step",
            Decision<TStep>.Progress => "progress",
            Decision<TStep>.Blocked => "blocked",
            Decision<TStep>.Refused => "refused",
            _ => "converged",
        };

    private static bool IsWaiting(PassResult<TDesired, TLive, TStep> pass) =>
        pass is { Decision: Decision<TStep>.Progress } or { Outcome: StepOutcome.NotYet };

    private TimeSpan Pause(PassResult<TDesired, TLive, TStep> pass, int waits) =>
        pass.Outcome is StepOutcome.Done ? TimeSpan.Zero
        : waits == 0 ? timing.Resync
        : DueIn(pass.Live) is { } due ? TimeSpan.FromTicks(Math.Min(due.Ticks, timing.Progress.After(waits).Ticks))
        : timing.Progress.After(waits);

    /// <summary>
    /// While passes fail, changes do not cut the wait short: an error that each event brings back would spin. A denied step that is
    /// released is news only for whom it held: each notification wakes one or a few of many clusters.
    /// </summary>
    private async Task WaitAsync(
        TimeSpan pause,
        bool wakeOnChange,
        bool wakeOnAdmission,
        (long Changes, long Desired, long Admission) seen,
        CancellationToken cancellationToken
    )
    {
        if (pause == TimeSpan.Zero)
        {
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wakers = new List<Task> { Task.Delay(pause, time, stop.Token), _newDesired.WaitAsync(seen.Desired, stop.Token) };
        if (wakeOnChange)
        {
            wakers.Add(changes.WaitAsync(seen.Changes, stop.Token));
        }

        if (wakeOnAdmission)
        {
            wakers.Add(Admission.Changes.WaitAsync(seen.Admission, stop.Token));
        }

        var woken = await Task.WhenAny(wakers);
        await stop.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (woken != wakers[0])
        {
            await Task.Delay(timing.MinInterval, time, cancellationToken);
        }
    }
}
