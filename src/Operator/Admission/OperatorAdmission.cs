using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Reconcile.Loop;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Admission;

/// <summary>
/// What holds back steps of any cluster, in order: stopped by hand, out of the maintenance window, enough others under way. What repairs a
/// cluster waits for no window, and a change that has begun is finished.
/// </summary>
/// <param name="windowsOf">The windows of the repository that has the cluster; null where none has.</param>
/// <param name="changes">Notified when what was held back may go on.</param>
internal sealed class OperatorAdmission(
    StopSwitch stop,
    DisruptionLimiter limiter,
    Func<ClusterKey, MaintenanceWindows?> windowsOf,
    ChangeSignal changes
) : IAdmission
{
    public ChangeSignal Changes => changes;

    public Denied? Ask(StepRequest step)
    {
        if (stop.State is { } stopped)
        {
            return stopped;
        }

        if (!step.Disruptive)
        {
            return null;
        }

        if (!step.Urgent && !limiter.HasSlot(step.Cluster) && windowsOf(step.Cluster)?.State(step.Cluster) is { } closed)
        {
            return closed;
        }

        return limiter.TryAcquire(step.Cluster, step.Urgent) is { } wait ? new("too-many-at-once", wait, null) : null;
    }

    public void Release(ClusterKey cluster) => limiter.Release(cluster);
}
