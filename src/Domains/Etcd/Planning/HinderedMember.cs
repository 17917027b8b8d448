using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Reconcile.Approvals;
using GitOpsOperator.Specs;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// A member whose node is lost, drained or full, or whose container Kubernetes cannot start, has its data still, and comes back with the
/// node or the image. Whether these come back is known to people only, so one of them approves that another member takes its place, and
/// that its volume goes.
/// </summary>
internal static class HinderedMember
{
    /// <summary>Whether the document approves that a member which is listed is replaced.</summary>
    public static bool IsReplacementApproved(EtcdPlanningContext s, MemberLive lost) =>
        s.Desired.Approvals.Contains(ReplacementDigest(s, lost));

    public static string ForGood(MemberLive held) =>
        MemberHealth.NodeNotReadyReason(held) is not null
            ? "is without its node for good, as somebody has approved,"
            : "cannot be started for good, as somebody has approved,";

    /// <summary>What people are told of a member that Kubernetes does not run: it has its data, and its silence says nothing.</summary>
    public static Blocked Hindered(EtcdPlanningContext s, MemberLive held)
    {
        var (name, isNode) = (s.Name(held.Index), MemberHealth.NodeNotReadyReason(held) is not null);
        var approve =
            $"approve that another member takes the place of {name} and that its volume goes: "
            + $"put the annotation {ClusterDocument.ApprovalAnnotation}: \"{ReplacementDigest(s, held)}\" on its document in "
            + $"{s.Desired.Source.Path}";
        return new(
            isNode ? "member-without-node" : "member-cannot-start",
            $"{name} does not run: {MemberHealth.Hindrance(held)}. "
                + $"What it has stored {(isNode ? "comes back with the node" : "is kept")}, so it is not replaced",
            isNode
                ? $"Bring the node back, or let the pod on another; if it is gone for good, {approve}"
                : $"Fix what Kubernetes names (image, registry, volume, quota; see the events of pod {s.Names.Pod(held.Index)}), "
                    + $"and it resumes automatically; if that cannot be, {approve}"
        );
    }

    /// <summary>
    /// It holds for this member on this volume alone. Neither comes back under its id once it has gone, so it counts only once.
    /// </summary>
    private static string ReplacementDigest(EtcdPlanningContext s, MemberLive lost) =>
        ApprovalDigest.Of(
            s.Desired.Cluster,
            [s.Record.Incarnation, lost.Claim?.Uid ?? "ephemeral"],
            [new DataEffect($"replace {s.Name(lost.Index)}", $"member {lost.Entry!.Id:x}", $"what {s.Name(lost.Index)} has stored")],
            used: 0
        );
}
