using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Reconcile.Loop;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Admission;

/// <summary>
/// The brakes of the whole operator, in order: stopped by hand, out of the maintenance window, enough others under way. What heals a cluster
/// waits for no window, and a change that has begun is finished.
/// </summary>
/// <param name="windowsOf">The windows of the repository that has the cluster; null where none has.</param>
/// <param name="changes">Notified when one of the brakes may have been released.</param>
internal sealed class OperatorAdmission(StopSwitch stop, Pace pace, Func<ClusterKey, MaintenanceWindows?> windowsOf, ChangeSignal changes)
    : IAdmission
{
    public ChangeSignal Changes => changes;

    public Held? Ask(StepRequest step)
    {
        if (stop.State is { } stopped)
        {
            return stopped;
        }

        if (!step.Disruptive)
        {
            return null;
        }

        if (!step.Urgent && !pace.IsInside(step.Cluster) && windowsOf(step.Cluster)?.State(step.Cluster) is { } closed)
        {
            return closed;
        }

        return pace.Enter(step.Cluster, step.Urgent) is { } turn ? new("too-many-at-once", turn, null) : null;
    }

    public void Rest(ClusterKey cluster) => pace.Leave(cluster);
}
