using GitOpsOperator.Drift.Etcd;
using GitOpsOperator.Reconcile.Approvals;
using GitOpsOperator.Specs;
using static GitOpsOperator.Reconcile.Decision<GitOpsOperator.Reconcile.Etcd.EtcdStep>;

namespace GitOpsOperator.Reconcile.Etcd;

/// <summary>
/// A member whose node is lost, drained or full has its data still, and comes back with the node. Whether the node comes back is known to people
/// only, so one of them approves that another member takes its place, and that its volume goes.
/// </summary>
public static partial class EtcdPlanner
{
    /// <summary>Whether the document approves that a member which is listed is replaced.</summary>
    internal static bool IsReplacementApproved(EtcdSituation s, MemberLive lost) => s.Desired.Approvals.Contains(ReplacementDigest(s, lost));

    private static Blocked WithoutNode(EtcdSituation s, MemberLive lost)
    {
        var name = s.Name(lost.Index);
        return new(
            "member-without-node",
            $"{name} does not run: {EtcdSituation.NodeTrouble(lost)}. What it has stored comes back with the node, so it is not replaced",
            $"Bring the node back, or let the pod on another; if it is gone for good, approve that another member takes the place of {name} and that its volume goes: "
                + $"put the annotation {ClusterDocument.ApprovalAnnotation}: \"{ReplacementDigest(s, lost)}\" on its document in {s.Desired.Source.Path}");
    }

    /// <summary>It holds for this member on this volume alone. Neither comes back under its id once it has gone, so it counts only once.</summary>
    private static string ReplacementDigest(EtcdSituation s, MemberLive lost) => ApprovalDigest.Of(
        s.Desired.Cluster,
        [s.Record.Incarnation, lost.Claim?.Uid ?? "ephemeral"],
        [new DataEffect($"replace {s.Name(lost.Index)}", $"member {lost.Entry!.Id:x}", $"what {s.Name(lost.Index)} has stored")],
        used: 0);
}
