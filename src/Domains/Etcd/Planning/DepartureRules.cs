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
/// A member that etcd no longer lists. That the list lacks it proves nothing by itself: a member that was forced to be alone lists nobody
/// else. What is left of it goes only once a quorum of all members known here gives the same list, or a person has approved it.
/// </summary>
internal static class DepartureRules
{
    /// <summary>
    /// Asked at each pass before anything that follows from the list: while it may be another history's, no member is added, restarted or
    /// removed on its word either.
    /// </summary>
    public static Decision<EtcdStep>? DepartureUnconfirmed(EtcdPlanningContext s) =>
        s
            .Live.Members.Where(m => IsUnlisted(s, m))
            .Select(m => Unconfirmed(s, m, announced: IsRemovalAnnounced(s, m)))
            .FirstOrDefault(answer => answer is not null);

    private static bool IsUnlisted(EtcdPlanningContext s, MemberLive member) =>
        MemberHealth.IsUnlisted(member) && !HistoryChoice.IsDiscarded(s.Desired, s.Record, member);

    private static bool IsRemovalAnnounced(EtcdPlanningContext s, MemberLive gone) =>
        s.Intent is EtcdIntent.Remove { Reason: not RemovalReason.Departed, MemberId: not 0, Index: var leaving } && leaving == gone.Index;

    public static Decision<EtcdStep>? DepartedMember(EtcdPlanningContext s) =>
        s.Intent is null && s.Live.Members.FirstOrDefault(m => IsUnlisted(s, m)) is { } departed
            ? Write(
                s,
                s.Record with
                {
                    Intent = new EtcdIntent.Remove(departed.Index, 0, RemovalReason.Departed),
                },
                $"etcd no longer lists {s.Name(departed.Index)}; what is left of it goes"
            )
            : null;

    /// <param name="announced">
    /// The record announced the removal of just this member, so its own vote does not count: two could never become one.
    /// </param>
    /// <returns>What it waits for or is held back by; null where it is certain that the member has left.</returns>
    private static Decision<EtcdStep>? Unconfirmed(EtcdPlanningContext s, MemberLive gone, bool announced)
    {
        var known = s.Live.Members.Where(m => !announced || m.Index != gone.Index).ToArray();
        var confirming = known
            .Where(m => MemberHealth.IsHealthyVoter(m) && s.Live.OtherLists.All(other => other.Index != m.Index))
            .ToArray();
        var quorum = Quorum.Of(known.Length);
        if ((confirming.Length >= quorum && (announced || MemberHealth.IsSilent(gone))) || (IsDepartureApproved(s, gone) && !IsBehind(s)))
        {
            return null;
        }

        var (name, silent) = (s.Name(gone.Index), HistoryChoice.OfTheSilent(s.Live));
        return !s.Live.Settled || s.Voters.Any(m => MemberHealth.IsSilent(m) && !MemberHealth.IsSilentForLong(m))
                ? new Progress($"a quorum of the members known here to confirm that {name} has left")
            : HistoryRules.IsChosen(s, silent) ? HistoryRules.Discard(s, silent)
            : new Blocked(
                "departure-unconfirmed",
                $"etcd no longer lists {name}, and only {confirming.Length} of {known.Length} members that are known here confirm "
                    + $"that ({quorum} would do): the others "
                    + "may have another history, in which it lives, so nothing of it is deleted"
                    + Behind(s),
                "Bring the others back; or "
                    + string.Join("; or ", new[] { RemovedOnPurpose(s, gone), ForcedToBeAlone(s, silent) }.OfType<string>())
            );
    }

    /// <summary>Where those that answer have less than was there before, the others are not gone: it is they that are wrong.</summary>
    private static bool IsBehind(EtcdPlanningContext s) =>
        s.Record.Reached is { } reached && Furthest(s) is { } furthest && furthest.IsBehind(reached);

    private static LogPosition? Furthest(EtcdPlanningContext s) =>
        s
            .Voters.Select(MemberHealth.Status)
            .OfType<EndpointStatus>()
            .Where(status => status.LinearizableRead)
            .Select(LogPosition.Of)
            .MaxBy(position => position.Index);

    private static string Behind(EtcdPlanningContext s) =>
        IsBehind(s)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $". Those that answer are at index {Furthest(s)!.Index}, and the record knows of {s.Record.Reached!.Index}: "
            ) + "theirs is not the history that was"
            : "";

    private static string? RemovedOnPurpose(EtcdPlanningContext s, MemberLive gone) =>
        IsBehind(s)
            ? null
            : $"if {s.Name(gone.Index)} was removed on purpose, approve that what is left of it goes, its volume too: "
                + $"put the annotation {ClusterDocument.ApprovalAnnotation}: \"{DepartureDigest(s, gone)}\" on its document in "
                + $"{s.Desired.Source.Path}";

    private static string? ForcedToBeAlone(EtcdPlanningContext s, HistoryChoice.Side silent) =>
        silent.Others.Members.Count == 0
            ? null
            : $"if those that answer were forced to be alone or run on an older volume, {HistoryRules.Annotation(s, silent)} on the "
                + $"document in {s.Desired.Source.Path} keeps the history of {s.NamesOf(silent.Followers)}{HistoryRules.Loss(s, silent)}";

    private static bool IsDepartureApproved(EtcdPlanningContext s, MemberLive gone) =>
        s.Desired.Approvals.Contains(DepartureDigest(s, gone));

    /// <summary>It holds for this volume alone, and goes with it.</summary>
    private static string DepartureDigest(EtcdPlanningContext s, MemberLive gone) =>
        ApprovalDigest.Of(
            s.Desired.Cluster,
            [s.Record.Incarnation, gone.Claim?.Uid ?? "ephemeral"],
            [new DataEffect($"delete {s.Name(gone.Index)}", "not listed", $"what {s.Name(gone.Index)} has stored")],
            used: 0
        );
}
