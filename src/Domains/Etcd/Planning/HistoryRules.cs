using System.Globalization;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// One cluster id, two histories: a member that was forced to be a cluster of its own, or runs on an older copy of its volume, lists whom
/// it knows and serves reads as its peers do. Which history clients have written to is not to be seen from here, so a person decides.
/// </summary>
internal static class HistoryRules
{
    public static Decision<EtcdStep>? TwoHistories(EtcdPlanningContext s)
    {
        if (s.Record.ClusterId is null || s.Live.Membership is not { } membership)
        {
            return null;
        }

        var unlisted = s
            .Live.Members.Where(m =>
                MemberHealth.Status(m) is { MemberId: var id } && membership.Entries.All(entry => entry.Id != id) && !IsAnnounced(s, id)
            )
            .ToArray();
        var others = s.Live.OtherLists.Where(other => other.List is not null).ToArray();
        if (unlisted.Length == 0 && others.Length == 0)
        {
            return null;
        }

        var contradicting = s.Live.Members.Where(m => unlisted.Contains(m) || others.Any(other => other.Index == m.Index)).ToArray();

        // A member that has just left answers for a moment longer, and a list that changes is read by one before the other.
        return !s.Live.Settled
            ? new Progress($"{s.NamesOf(contradicting)} and the other members to agree on who is a member")
            : new Blocked(
                "two-histories",
                "members contradict each other on who is a member, so there are two histories of one cluster, and nothing is changed "
                    + "or deleted. "
                    + string.Join("; ", s.Live.Members.Where(m => !MemberHealth.IsSilent(m)).Select(m => Testimony(s, m, membership))),
                "Decide which history is kept: the one that clients have written to, as a rule that of more members and of the higher "
                    + "index. "
                    + "Save a snapshot of each side with etcdctl, then take away each member of the other side with its volume: "
                    + "kubectl --namespace "
                    + $"{s.Names.Cluster.Namespace} delete statefulset/NAME persistentvolumeclaim/data-NAME-0. "
                    + "The operator continues with those that are left"
            );
    }

    /// <summary>The record says that just this member leaves, so that it still answers is no contradiction.</summary>
    private static bool IsAnnounced(EtcdPlanningContext s, ulong memberId) =>
        s.Intent is EtcdIntent.Remove remove && remove.MemberId == memberId;

    /// <summary>Whom a member follows, how far it is and whom it lists: what there is to decide by.</summary>
    private static string Testimony(EtcdPlanningContext s, MemberLive member, MembershipLive membership)
    {
        var status = MemberHealth.Status(member)!;
        var leader = s.Live.Members.FirstOrDefault(m => MemberHealth.Status(m)?.MemberId == status.LeaderId);
        var follows =
            status.LeaderId == 0 ? "follows nobody"
            : status.LeaderId == status.MemberId ? "leads"
            : $"follows {(leader is null ? status.LeaderId.ToString("x", CultureInfo.InvariantCulture) : s.Name(leader.Index))}";
        var other = s.Live.OtherLists.FirstOrDefault(other => other.Index == member.Index);
        var lists =
            other is null && status.LinearizableRead ? $"lists {Listed(s, membership)}"
            : other?.List is { } own ? $"lists {Listed(s, own)}"
            : "gives no list";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{s.Name(member.Index)} {follows} in term {status.RaftTerm} at index {status.RaftIndex} and {lists}"
        );
    }

    private static string Listed(EtcdPlanningContext s, MembershipLive membership) =>
        string.Join(
            ", ",
            membership
                .Entries.Select(entry => s.Names.IndexOfPeerUrl(entry.PeerUrl) is { } index ? s.Name(index) : entry.PeerUrl)
                .Order(StringComparer.Ordinal)
        );
}
