using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>Delete the pod that took a snapshot. The file stays.</summary>
    public sealed record EndSnapshot(string PodUid) : EtcdStep
    {
        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Change,
                Subject = before.Cluster.Name,
                Sentence = $"remove the pod that took the snapshot; the file stays on claim {Names(before).SnapshotClaim}",
                ClientImpact = "",
                Risk = RiskClass.None,
                Undo = "the former objects are applied again",
                IsMinor = true,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            await execution.Objects.DeleteAsync(
                execution.Objects.Kinds.Pods,
                execution.Key(execution.Names.SnapshotPod),
                execution.Owner,
                PodUid,
                cancellationToken
            );
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) => live with { Snapshot = null };
    }
}
