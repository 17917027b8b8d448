using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public sealed partial class EtcdExecutor
{
    private async Task<StepOutcome> PutBackAsync(Work work, EtcdStep.PutBack step, CancellationToken cancellationToken)
    {
        if (EtcdDriftDetection.Render(work.Desired, work.Live, step) is not { } rendered)
        {
            return new StepOutcome.NotYet($"{step.Target} is not there any more");
        }

        await _objects.PutBackAsync(rendered, work.Live.Drifts, work.Owner, cancellationToken);
        return Done;
    }
}
