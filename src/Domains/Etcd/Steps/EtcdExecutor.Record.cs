using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public sealed partial class EtcdExecutor
{
    private async Task<StepOutcome> WriteRecordAsync(Work work, EtcdStep.WriteRecord step, CancellationToken cancellationToken)
    {
        EnsureFresh(work);
        var written = await _records.TryWriteAsync(work.Live.Cluster, work.Owner, step.Record, work.Live.RecordVersion, cancellationToken);
        if (written is null)
        {
            return new StepOutcome.NotYet("the record was changed by another writer since it was read");
        }

        await _objects.AwaitAsync(written, cancellationToken);
        return Done;
    }
}
