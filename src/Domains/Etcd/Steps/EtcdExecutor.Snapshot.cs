using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public sealed partial class EtcdExecutor
{
    private async Task<StepOutcome> TakeSnapshotAsync(Work work, EtcdStep.TakeSnapshot step, CancellationToken cancellationToken)
    {
        // One that exists may hold earlier snapshots, and claims can hardly be changed.
        if (
            EtcdRendering.SnapshotClaim(work.Desired) is { } claim
            && !_objects.Claims.Copy.Objects.ContainsKey(work.Key(claim.Metadata.Name))
        )
        {
            await _objects.ApplyAsync(_objects.Claims, claim, cancellationToken);
        }

        await _objects.ApplyAsync(_objects.Pods, EtcdRendering.SnapshotPod(work.Desired, step), cancellationToken);
        return Done;
    }

    private async Task<StepOutcome> EndSnapshotAsync(Work work, EtcdStep.EndSnapshot step, CancellationToken cancellationToken)
    {
        await _objects.DeleteAsync(_objects.Pods, work.Key(work.Names.SnapshotPod), work.Owner, step.PodUid, cancellationToken);
        return Done;
    }
}
