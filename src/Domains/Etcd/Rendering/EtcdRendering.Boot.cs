using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Rendering;

public static partial class EtcdRendering
{
    /// <summary>For the seed's first start: it alone makes a new cluster.</summary>
    public static V1ConfigMap NewClusterBoot(EtcdDesired desired, int index, string incarnation) =>
        Boot(desired, index, "new", Alone(desired, index), incarnation);

    /// <summary>
    /// For a learner's first start: etcd dies with "member count is unequal" unless the list is exactly the one that MemberAdd returned,
    /// the newcomer included.
    /// </summary>
    public static V1ConfigMap JoiningBoot(EtcdDesired desired, int index, ImmutableArray<MemberEntry> members, string incarnation)
    {
        var names = new EtcdNames(desired.Cluster);
        var initialCluster = members
            .OrderBy(member => names.IndexOfPeerUrl(member.PeerUrl) ?? int.MaxValue)
            .ThenBy(member => member.PeerUrl, StringComparer.Ordinal)
            .Select(member => $"{NameOf(member)}={member.PeerUrl}");
        return Boot(desired, index, "existing", string.Join(',', initialCluster), incarnation);

        // A member that has not started yet has no name in etcd's list; ours are told by their peer URLs.
        string NameOf(MemberEntry member) =>
            member.Started ? member.Name
            : names.IndexOfPeerUrl(member.PeerUrl) is { } known ? names.Member(known)
            : throw new InvalidOperationException(
                $"{desired.Cluster}: etcd lists {member.PeerUrl}, which has never started and is no member of ours, so no initial "
                    + "cluster can name it"
            );
    }

    /// <summary>
    /// For every later start. With its data a member ignores this; without it, it finds no peer to ask and exits. Left unsealed, a wiped
    /// follower rejoins under its old id having forgotten its votes, and a wiped seed acknowledges writes in an empty cluster.
    /// </summary>
    public static V1ConfigMap SealedBoot(EtcdDesired desired, int index, string incarnation) =>
        Boot(desired, index, "existing", Alone(desired, index), incarnation);

    private static V1ConfigMap Boot(EtcdDesired desired, int index, string state, string initialCluster, string incarnation) =>
        WithHash(
            new V1ConfigMap
            {
                ApiVersion = "v1",
                Kind = "ConfigMap",
                Metadata = Metadata(desired, new EtcdNames(desired.Cluster).Boot(index), MemberLabels(desired, index)),
                Data = new Dictionary<string, string>
                {
                    [EtcdBoot.InitialClusterKey] = initialCluster,
                    [EtcdBoot.StateKey] = state,
                    [EtcdBoot.TokenKey] = incarnation,
                },
            }
        );

    private static string Alone(EtcdDesired desired, int index) => EtcdBoot.Alone(new EtcdNames(desired.Cluster), index);
}
