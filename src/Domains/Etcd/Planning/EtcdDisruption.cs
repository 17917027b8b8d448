using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>Which steps of etcd clients may notice, and which clusters come first.</summary>
internal static class EtcdDisruption
{
    /// <summary>A member is taken down or leaves, or another becomes leader. Whatever follows from it is part of the same change.</summary>
    public static bool IsDisruptive(EtcdStep step) => step is EtcdStep.UpdateMember or EtcdStep.RemoveMember or EtcdStep.MoveLeader;

    /// <summary>A voter is down: one more, and the cluster may have no quorum.</summary>
    public static bool IsUrgent(EtcdLive live) =>
        live.Members.Any(member => member.Entry is { IsLearner: false } && !EtcdSituation.IsHealthyVoter(member));
}
