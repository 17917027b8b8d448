using GitOpsOperator.Domains.Etcd.Live;

namespace GitOpsOperator.Domains.Etcd.Steps;

/// <summary>Steps in words.</summary>
public static class EtcdStepText
{
    /// <summary>What the step does, as an imperative without a full stop.</summary>
    public static string Sentence(EtcdStep step, EtcdNames names) =>
        step switch
        {
            EtcdStep.WriteRecord write => $"note in the record: {write.Why}",
            EtcdStep.ApplyShared { MinAvailable: { } least } =>
                $"apply the Services and the disruption budget (at least {least} voters stay)",
            EtcdStep.ApplyShared => "apply the Services (this API server has no disruption budgets of policy/v1)",
            EtcdStep.DeleteShared { Peers: true } => $"delete Service {names.PeerService}",
            EtcdStep.DeleteShared => $"delete Service {names.ClientService} and the disruption budget: no client is sent there any more",
            EtcdStep.StartSeed seed => $"start {names.Member(seed.Index)} as the seed of a new cluster",
            EtcdStep.AddLearner add => $"add member {names.Member(add.Index)} as a learner",
            EtcdStep.StartMember start => $"start {names.Member(start.Index)}",
            EtcdStep.SealMember seal => $"seal {names.Member(seal.Index)}: from now on it starts only with its data",
            EtcdStep.RestoreMember restore => $"put back the objects of {names.Member(restore.Index)}; its data is kept",
            EtcdStep.PutBack put => $"put {put.Target} back to what git says",
            EtcdStep.RemoveStranger stranger =>
                $"remove the member at {stranger.PeerUrl}, which is none of this cluster's and has never started",
            EtcdStep.PromoteLearner promote => $"promote {names.Member(promote.Index)} to voter",
            EtcdStep.AdmitVoter admit => $"send clients to {names.Member(admit.Index)}",
            EtcdStep.WithdrawVoter withdraw => $"send no new clients to {names.Member(withdraw.Index)}",
            EtcdStep.UpdateMember update => Update(update, names.Member(update.Index)),
            EtcdStep.TakeSnapshot take =>
                $"take a snapshot of {names.Member(take.Index)} and verify it: {take.File} on claim {names.SnapshotClaim}",
            EtcdStep.EndSnapshot => $"remove the pod that took the snapshot; the file stays on claim {names.SnapshotClaim}",
            EtcdStep.MoveLeader move => $"move leadership from {names.Member(move.FromIndex)} to {names.Member(move.ToIndex)}",
            EtcdStep.RemoveMember remove => $"remove member {names.Member(remove.Index)}",
            EtcdStep.DeleteMember delete => $"delete the objects of {names.Member(delete.Index)}",
            EtcdStep.DeleteClaim claim => $"delete the volume claim of {names.Member(claim.Index)}",
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "A step without words"),
        };

    private static string Update(EtcdStep.UpdateMember update, string name) =>
        update switch
        {
            { From: { } from } when from == update.To => $"restart {name} as git says; its data is kept",
            { NoReturn: true } =>
                $"restart {name} with {update.To}: the point of no return, since the cluster's version rises to {update.To.Major}.{update.To.Minor} with it",
            _ => $"restart {name} with {update.To}",
        };
}
