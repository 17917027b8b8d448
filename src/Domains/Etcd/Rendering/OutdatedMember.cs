using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd.Rendering;

/// <summary>Whether a member runs what is desired of it.</summary>
internal static class OutdatedMember
{
    /// <summary>
    /// Its StatefulSet or its pod was made from something else than is desired now. That this version of the operator would render the same
    /// desired state differently counts only where <see cref="EtcdSpec.RolloutPolicy"/> says so.
    /// </summary>
    public static bool Is(EtcdDesired inForce, MemberLive member, EtcdHashes hashes)
    {
        if (member.StatefulSet is not { Terminating: false } set)
        {
            return false;
        }

        return Differs(set.SpecHash, set.DesiredHash)
            || (member.Pod is { Terminating: false, SpecHash: not null } pod && Differs(pod.SpecHash, pod.DesiredHash));

        // What does not say what was asked for can only be judged by what it was rendered as; else nothing has to be rendered.
        bool Differs(string? spec, string? desired) =>
            desired is null || inForce.Spec.RolloutPolicy == RolloutPolicy.Always
                ? spec != hashes.StatefulSet(inForce, member.Index)
                : desired != hashes.Desired(inForce);
    }
}
