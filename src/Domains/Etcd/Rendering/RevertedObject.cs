using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Drift.Comparison;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Rendering;

/// <summary>An object that somebody has changed, as it is to be again. Pure.</summary>
internal static class RevertedObject
{
    /// <summary>Null where it is not there any more.</summary>
    /// <param name="target">Kind and name, as in <see cref="DriftFact.Target"/>.</param>
    /// <param name="index">Of the member that it belongs to; null for a shared object.</param>
    public static IKubernetesObject<V1ObjectMeta>? Render(EtcdDesired inForce, EtcdLive live, string target, int? index, int? minAvailable)
    {
        var names = new EtcdNames(live.Cluster);
        var member = live.Members.FirstOrDefault(member => member.Index == index);
        return target.Split('/') switch
        {
            ["Service", var name] when name == names.PeerService => EtcdRendering.PeerService(inForce),
            ["Service", var name] when name == names.ClientService => EtcdRendering.ClientService(inForce),
            ["PodDisruptionBudget", _] when minAvailable is { } least => EtcdRendering.DisruptionBudget(inForce, least),
            ["ConfigMap", _] when member is not null => EtcdRendering.SealedBoot(inForce, member.Index, live.Record!.Incarnation),
            ["StatefulSet", _] when member is { StatefulSet: not null } => EtcdRendering.StatefulSet(
                inForce,
                member.Index,
                IsVoter(member)
            ),
            ["Pod", var name] when member is { StatefulSet: not null } => ObjectDrift.PodOf(
                EtcdRendering.StatefulSet(inForce, member.Index, IsVoter(member)),
                name
            ),
            _ => null,
        };
    }

    /// <summary>It serves clients, by its template or by its pod: either may have lost the label.</summary>
    public static bool IsVoter(MemberLive member) => member.StatefulSet is { VoterRole: true } || member.Pod is { VoterRole: true };
}
