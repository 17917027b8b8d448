using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Approvals;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// The record is gone, with the cluster or without it. Of a cluster that answers it is written anew, as etcd and its objects say; one that
/// is gone as a whole is lost and not new, and an empty one in its place would hide that.
/// </summary>
internal static class LossRules
{
    /// <summary>How far a change had come is read from etcd's list and the objects in any case.</summary>
    public static Decision<EtcdStep>? RecordLost(EtcdPlanningContext s)
    {
        if (s.Live.Record is not null || s.Live.Membership is not { } membership || Left(s) is not { Length: > 0 } left)
        {
            return null;
        }

        string[] tokens = [.. left.Select(m => m.Boot?.Token).OfType<string>().Distinct()];
        return tokens is not [var incarnation] ? null
            : !s.Live.Settled ? new Progress("the members to be steady, before the record that is gone is written anew")
            : Doubt(s, left, membership) is { } doubt && !s.Desired.Approvals.Contains(RebuildDigest(s, incarnation, left))
                ? new Blocked(
                    "record-lost",
                    $"the record, ConfigMap {s.Names.Record}, is gone, and {doubt}; nothing is changed until it is back",
                    "Put it back. Or have it written anew, as etcd's list says and with git's document as what is in force: put the "
                        + $"annotation {ClusterDocument.ApprovalAnnotation}: \"{RebuildDigest(s, incarnation, left)}\" on the document in "
                        + $"{s.Desired.Source.Path}; members that are not listed then lose their volumes as soon as a quorum confirms it"
                )
            : Write(
                s,
                new EtcdRecord
                {
                    OwnerId = s.Desired.Owner.Value,
                    Incarnation = incarnation,
                    ClusterId = membership.ClusterId,
                    NextIndex = left.Max(m => m.Index) + 1,
                    Accepted = s.Desired.Source with { Spec = AsItIs(s, left) },
                    Unreached = s.Desired.Mode == DriftMode.Report,
                },
                $"the record was gone; {s.NamesOf(left)} are members of cluster {membership.ClusterId:x}, as etcd lists them"
            );
    }

    public static Refused? LeftoversWithoutRecord(EtcdPlanningContext s)
    {
        var left = s.Live.Record is null ? Left(s) : [];
        return left.Length == 0
            ? null
            : new(
                "leftovers-without-record",
                $"there is no record, ConfigMap {s.Names.Record}, but objects of {s.NamesOf(left)} exist: "
                    + "data of an earlier cluster of this name, of "
                    + "this cluster may be on their volumes",
                "Put the record back, or delete those StatefulSets, ConfigMaps and claims if their data is no longer needed. Where a "
                    + "quorum of the members answers, the record is written anew"
            );
    }

    /// <summary>Git's status, or this operator itself, has seen it; now neither its record nor any object or volume is there.</summary>
    public static Decision<EtcdStep>? ClusterLost(EtcdPlanningContext s) =>
        s.Live.Record is not null ? null
        : (s.Live.RecordGone ?? s.Desired.KnownUid) is not { } uid
            ? s.Desired.UidUnread is { } unread
                    ? new Progress($"the status branch, which says whether a cluster of this name was here: {unread}")
                : null
        : Lost(
            s,
            uid,
            "cluster-lost",
            $"a cluster with UID {uid} was here, and neither its record, ConfigMap {s.Names.Record}, nor a member or a volume of it is "
                + "left: its namespace was deleted, or this is another Kubernetes. An empty one is not put in its place",
            "Bring the namespace and its volumes back, or point the operator at the right Kubernetes"
        );

    /// <summary>The record is there, and nothing that it remembers is.</summary>
    public static Decision<EtcdStep> NothingLeft(EtcdPlanningContext s) =>
        Lost(
            s,
            s.Record.Incarnation,
            "nothing-left",
            $"the record, ConfigMap {s.Names.Record}, remembers cluster {s.Record.ClusterId:x}, but no member and no volume of it is left",
            "Bring its volumes back"
        );

    /// <param name="bringBack">How it may be had back, as a sentence without a full stop.</param>
    private static Decision<EtcdStep> Lost(EtcdPlanningContext s, string uid, string rule, string reason, string bringBack)
    {
        var digest = ApprovalDigest.Of(
            s.Desired.Cluster,
            [uid],
            [new DataEffect("found a new cluster", "lost", "what the lost one stored")],
            used: 0
        );
        return s.Desired.Approvals.Contains(digest)
            ? BootstrapRules.Founding(s, "the cluster that was here is lost, and a new one begins")
            : new Blocked(
                rule,
                reason,
                $"{bringBack}. If its data is not needed, put the annotation {ClusterDocument.ApprovalAnnotation}: \"{digest}\" on the "
                    + $"document in {s.Desired.Source.Path}, and a new, empty cluster begins"
            );
    }

    private static MemberLive[] Left(EtcdPlanningContext s) =>
        [.. s.Live.Members.Where(m => MemberHealth.HasObjects(m) || m.Entry is not null)];

    /// <summary>What keeps it from being certain that the list is that of all the members; null where it is.</summary>
    private static string? Doubt(EtcdPlanningContext s, MemberLive[] left, MembershipLive membership) =>
        left.Where(m => m.Entry is null).ToArray() is { Length: > 0 } unlisted ? $"etcd does not list {s.NamesOf(unlisted)}"
        : s.Live.OtherLists.Length > 0 ? "the members do not list the same"
        : s.Live.UnknownEntries.Length > 0 ? "etcd lists members at addresses of no object"
        : left.Where(m => m is not { StatefulSet: not null, Boot.Token: not null, Endpoint: EndpointLive.Reachable }).ToArray()
            is { Length: > 0 } silent
            ? $"{s.NamesOf(silent)} does not answer or has lost objects"
        : left.Any(m => MemberHealth.Status(m)!.ClusterId != membership.ClusterId) ? "members answer for different clusters"
        : null;

    /// <summary>What git says and live is not is then a change like any other, with all that is asked before one.</summary>
    private static Spec.EtcdSpec AsItIs(EtcdPlanningContext s, MemberLive[] left) =>
        s.Desired.Spec with
        {
            Size = Math.Clamp(left.Count(m => m.Entry is { IsLearner: false }), 1, 7),
            Version = left.Select(MemberHealth.VersionOf).OfType<Spec.EtcdVersion>().DefaultIfEmpty(s.Desired.Spec.Version).Min(),
        };

    private static string RebuildDigest(EtcdPlanningContext s, string incarnation, MemberLive[] left) =>
        ApprovalDigest.Of(
            s.Desired.Cluster,
            [incarnation, .. left.Select(m => m.Claim?.Uid ?? "ephemeral")],
            left.Select(m => new DataEffect($"write the record of {s.Name(m.Index)} anew", m.Entry is null ? "not listed" : "listed", "")),
            used: 0
        );
}
