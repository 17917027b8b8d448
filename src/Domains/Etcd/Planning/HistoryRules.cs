using System.Globalization;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Approvals;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// One cluster id, two histories: a member that was forced to be a cluster of its own, or runs on an older copy of its volume, lists whom
/// it knows and serves reads as its peers do. Which history clients have written to is not to be seen from here, so a person decides.
/// </summary>
internal static class HistoryRules
{
    /// <summary>The position is written for its own sake only once it is so much, and twice as far, beyond the one that is known.</summary>
    private const ulong PositionStep = 1_000;

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
        if (!s.Live.Settled)
        {
            return new Progress($"{s.NamesOf(contradicting)} and the other members to agree on who is a member");
        }

        var sides = HistoryChoice.Sides(s.Live).Where(side => side.Others.Members.Count > 0).ToArray();
        return sides.FirstOrDefault(side => IsChosen(s, side)) is { } chosen
            ? Discard(s, chosen)
            : new Blocked(
                "two-histories",
                "members contradict each other on who is a member, so there are two histories of one cluster, and nothing is changed "
                    + "or deleted. "
                    + string.Join("; ", s.Live.Members.Where(m => !MemberHealth.IsSilent(m)).Select(m => Testimony(s, m, membership))),
                "Decide which history is kept: the one that clients have written to, as a rule that of more members and of the higher "
                    + "index; save a snapshot of each side with etcdctl. Then put one annotation on the document in "
                    + $"{s.Desired.Source.Path}: "
                    + string.Join(
                        "; ",
                        sides.Select(side => $"{Annotation(s, side)} keeps that of {s.NamesOf(side.Followers)}{Loss(s, side)}")
                    )
            );
    }

    /// <summary>What a person puts into the document to keep that side.</summary>
    public static string Annotation(EtcdPlanningContext s, HistoryChoice.Side side) =>
        $"{ClusterDocument.ApprovalAnnotation}: \"{DigestOf(s, side)}\"";

    public static string Loss(EtcdPlanningContext s, HistoryChoice.Side side) =>
        $" (what {string.Join(", ", side.Others.Members.Select(volume => s.Name(volume.Index)))} stored goes)";

    public static bool IsChosen(EtcdPlanningContext s, HistoryChoice.Side side) => s.Desired.Approvals.Contains(DigestOf(s, side));

    public static Decision<EtcdStep> Discard(EtcdPlanningContext s, HistoryChoice.Side side) =>
        Write(
            s,
            s.Record with
            {
                Discarded = side.Others,

                // The history that is kept may be the one that is further back.
                Reached = null,
                Intent = s.IntentIsUntouched || side.Others.Members.Any(volume => volume.Index == s.Intent?.Index) ? null : s.Intent,
            },
            $"the history of {s.NamesOf(side.Followers)} is kept, as somebody has approved{Loss(s, side)}"
        );

    /// <summary>
    /// Whoever is discarded is stopped first: one that was forced tells its peers that they are no members. Its volume goes once those
    /// that are kept agree that it has left.
    /// </summary>
    public static Decision<EtcdStep>? DiscardHistory(EtcdPlanningContext s)
    {
        if (HistoryChoice.InForce(s.Desired, s.Record) is not { } discarded)
        {
            return null;
        }

        var left = s.Live.Members.Where(m => discarded.Members.Any(volume => volume.IsOf(m))).ToArray();
        if (
            left.Select(m => ObjectRules.DeleteObjects(s, m, withClaim: false, "follows the history that is discarded"))
                .FirstOrDefault(step => step is not null) is
            { } stop
        )
        {
            return stop;
        }

        if (s.Live.Membership is null)
        {
            return null;
        }

        var listed = left.FirstOrDefault(m => m.Entry is not null);
        return left.Length == 0 ? Write(s, s.Record with { Discarded = null }, "the history that was discarded is gone")
            : listed is { Entry: { } entry } member
                ? s.Intent is EtcdIntent.Remove { Index: var leaving } && leaving == member.Index || !s.IntentIsUntouched ? null
                    : Gated(
                        s,
                        new EtcdStep.RemoveMember(member.Index, entry.Id),
                        () =>
                            new EtcdStep.WriteRecord(
                                s.Record with
                                {
                                    Intent = new EtcdIntent.Remove(member.Index, entry.Id, RemovalReason.Discarded),
                                },
                                $"{s.Name(member.Index)} follows the history that is discarded and is removed"
                            )
                    )
            : s.Intent is EtcdIntent.Remove { Index: var gone } && left.Any(m => m.Index == gone) ? null
            : ObjectRules.DeleteObjects(s, left[0], withClaim: true, "follows the history that is discarded");
    }

    /// <summary>All agree, and on less than was there before.</summary>
    public static Decision<EtcdStep>? OlderHistory(EtcdPlanningContext s)
    {
        if (s.Record.Reached is not { } reached || s.Position is not { } now || !now.IsBehind(reached))
        {
            return null;
        }

        var digest = ApprovalDigest.Of(
            s.Desired.Cluster,
            [s.Record.Incarnation, .. s.Voters.Select(m => m.Claim?.Uid ?? "ephemeral")],
            [
                new DataEffect(
                    "go on with an older history",
                    string.Create(CultureInfo.InvariantCulture, $"{reached}"),
                    "what came after it"
                ),
            ],
            used: 0
        );
        return !s.Live.Settled ? new Progress("the members to be as far as they were")
            : s.Desired.Approvals.Contains(digest)
                ? Write(s, s.Record with { Reached = now }, "the cluster goes on with an older history, as somebody has approved")
            : new Blocked(
                "older-history",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{s.NamesOf(s.Voters)} are at index {now.Index} of term {now.Term}, and the record knows of index {reached.Index} of "
                )
                    + string.Create(CultureInfo.InvariantCulture, $"term {reached.Term}: neither ever goes back, so they run on an older ")
                    + "copy of their data, and what was written since is not there. Nothing is changed or deleted",
                "Put the newer volumes back. If they are lost, and the cluster is to go on with what is there, put the annotation "
                    + $"{ClusterDocument.ApprovalAnnotation}: \"{digest}\" on its document in {s.Desired.Source.Path}"
            );
    }

    /// <summary>
    /// How far the cluster has come is written along with whatever else the record has to say; where nothing has been to say for long,
    /// for its own sake.
    /// </summary>
    public static Decision<EtcdStep>? PositionBehind(EtcdPlanningContext s) =>
        s.Intent is null
        && s.Live.Settled
        && s.CertainPosition is { } now
        && (s.Record.Reached is not { } reached || now.Index / 2 > reached.Index + PositionStep)
            ? Write(s, s.Record, string.Create(CultureInfo.InvariantCulture, $"the members have come to index {now.Index}"))
            : null;

    private static string DigestOf(EtcdPlanningContext s, HistoryChoice.Side side) =>
        HistoryChoice.Digest(s.Desired.Cluster, s.Record.Incarnation, side.Others);

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
