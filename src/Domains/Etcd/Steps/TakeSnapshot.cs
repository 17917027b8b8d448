using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Domains.Etcd.Steps;

public abstract partial record EtcdStep
{
    /// <summary>Start the pod that saves a snapshot on the claim of snapshots and verifies it, with the tools of an image.</summary>
    /// <param name="Index">The member that it is taken from.</param>
    /// <param name="Of">The version of that member.</param>
    public sealed record TakeSnapshot(string File, int Index, EtcdVersion Of, string Image) : EtcdStep
    {
        public override StepDescription Describe(EtcdLive before) =>
            new()
            {
                Symbol = StepSymbol.Add,
                Subject = File,
                Sentence = $"take a snapshot of {Names(before).Member(Index)} and verify it: {File} on claim {Names(before).SnapshotClaim}",
                ClientImpact = "none: one member reads all of its data once",
                Risk = RiskClass.None,
                Undo = "the file is deleted",
                IsMinor = false,
                IsDisruptive = false,
            };

        internal override async Task<StepOutcome> ExecuteAsync(EtcdExecution execution, CancellationToken cancellationToken)
        {
            var (objects, desired) = (execution.Objects, execution.Desired);

            // One that exists may hold earlier snapshots, and claims can hardly be changed.
            if (
                EtcdRendering.SnapshotClaim(desired) is { } claim
                && !objects.Kinds.Claims.Copy.Objects.ContainsKey(execution.Key(claim.Metadata.Name))
            )
            {
                await objects.ApplyAsync(objects.Kinds.Claims, claim, cancellationToken);
            }

            await objects.ApplyAsync(objects.Kinds.Pods, EtcdRendering.SnapshotPod(desired, File, Index, Of, Image), cancellationToken);
            return Done;
        }

        internal override EtcdLive ApplyTo(EtcdLive live, EtcdModel model) =>
            live with
            {
                Snapshot = new("pod-snapshot", File, SnapshotState.UnderWay, Terminating: false),
            };
    }
}
