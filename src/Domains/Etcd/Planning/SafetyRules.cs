using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>Is this cluster ours, and is it the one that the record remembers? Nothing is changed until both are certain.</summary>
internal static class SafetyRules
{
    private const string BringThemBack =
        "Bring enough members back: their data is on their volumes. Rebuilding from a survivor or a snapshot is not done yet";

    public static Refused? ForeignObjects(EtcdPlanningContext s) =>
        s.Live.Foreign.IsEmpty
            ? null
            : new(
                "foreign-objects",
                $"objects with this cluster's names belong to someone else: {string.Join(", ", s.Live.Foreign)}",
                $"Where somebody has changed the labels of an object of this cluster, give {ObjectLabels.Owner}: "
                    + $"{s.Desired.Owner.Label} and {ObjectLabels.Cluster}: {s.Desired.Cluster.Name} back to it. Otherwise choose another "
                    + "metadata.name, or remove those objects; importing a cluster made by other means is not done yet"
            );

    public static Blocked? RecordUnreadable(EtcdPlanningContext s) =>
        s.Live.RecordFault is not { } fault
            ? null
            : new(
                "record-unreadable",
                $"the record, ConfigMap {s.Names.Record}, cannot be read: {fault}",
                "Put its last good content back; guessing what was in flight could remove a member twice"
            );

    public static Refused? ForeignOwner(EtcdPlanningContext s) =>
        s.Live.Record is not { } record || record.OwnerId == s.Desired.Owner.Value
            ? null
            : new(
                "foreign-owner",
                $"the record, ConfigMap {s.Names.Record}, belongs to operator '{record.OwnerId}', this one is '{s.Desired.Owner.Value}'",
                "Let the other operator manage the cluster, or give this one the same operator id after the other has stopped"
            );

    public static Blocked? OtherOperator(EtcdPlanningContext s) =>
        s.Live.OtherWriter is not { } other
            ? null
            : new(
                "other-operator",
                $"{other} writes the record of this cluster in turn with this operator: both have the operator id "
                    + $"'{s.Desired.Owner.Value}' and not the same lease, so each undoes what the other does"
                    + (s.Live.Record?.Accepted is { } accepted ? $"; last accepted was {accepted.Path} at {accepted.Commit}" : ""),
                "Stop one of them, or give it another operator id. This one continues when the other has written nothing for "
                    + $"{RecordWriters.Quiet.TotalMinutes:0} minutes"
            );

    // Read from git rather than from what was accepted: a pause must work in the middle of a change too.
    public static Blocked? Suspended(EtcdPlanningContext s) =>
        !s.Desired.Spec.Suspend ? null : new("suspended", $"spec.suspend is true in {s.Desired.Source.Path}", "Set spec.suspend to false");

    public static Blocked? IndexAheadOfRecord(EtcdPlanningContext s)
    {
        var ahead = s.Live.Members.Where(m => m.Index >= s.Record.NextIndex).ToArray();
        return ahead.Length == 0
            ? null
            : new(
                "index-ahead-of-record",
                $"{s.NamesOf(ahead)} exists, though the record says that the next index is {s.Record.NextIndex}: the record is older "
                    + "than the cluster",
                $"Put the newest content of ConfigMap {s.Names.Record} back"
            );
    }

    public static Blocked? OtherClusterId(EtcdPlanningContext s)
    {
        if (s.Record.ClusterId is not { } latched)
        {
            return null;
        }

        var strays = s.Live.Members.Where(m => MemberHealth.Status(m) is { } status && status.ClusterId != latched).ToArray();
        return strays.Length == 0 && (s.Live.Membership is null || s.Live.Membership.ClusterId == latched)
            ? null
            : new(
                "other-cluster-id",
                $"{(strays.Length == 0 ? "the member list" : s.NamesOf(strays))} answers for another etcd cluster than {latched:x}, "
                    + "which the record remembers",
                "Find out where that cluster came from (a restored or copied volume, a second writer); nothing is changed meanwhile"
            );
    }

    /// <summary>
    /// Whoever may edit ConfigMaps could have members started with an image or with flags that no policy has seen. Where nothing is in
    /// flight, what git says now is accepted in its place anyway.
    /// </summary>
    public static Decision<EtcdStep>? AcceptedEdited(EtcdPlanningContext s) =>
        s.Intent is not null && s.Record.Accepted is { } accepted && s.Desired.SpecOf(accepted.BlobId) is { } read && read != accepted.Spec
            ? Write(
                s,
                s.Record with
                {
                    Accepted = accepted with { Spec = read },
                },
                $"what {accepted.Path} says at {accepted.Commit} is in force: the record said otherwise of the same document"
            )
            : null;

    // One that has never started holds nothing and only counts against the quorum. One that runs may be somebody's means to an end.
    public static Decision<EtcdStep>? UnknownMembers(EtcdPlanningContext s)
    {
        var unknown = s.Live.UnknownEntries;
        if (unknown.IsEmpty)
        {
            return null;
        }

        if (
            s.Desired.Mode == DriftMode.Correct
            && s.Record.ClusterId is not null
            && unknown.FirstOrDefault(entry => !entry.Started) is { } idle
        )
        {
            return Gated(s, new EtcdStep.RemoveUnknownMember(idle.Id, idle.PeerUrl));
        }

        return new Blocked(
            "unknown-members",
            "etcd lists members at addresses that this cluster never gave out: "
                + $"{string.Join(", ", unknown.Select(entry => entry.PeerUrl))}",
            "Remove them with etcdctl member remove, if they are not meant to be there"
        );
    }

    public static Decision<EtcdStep>? MembershipUnknown(EtcdPlanningContext s)
    {
        if (s.Live.Membership is not null)
        {
            return null;
        }

        var silent = s.Live.Members.Where(MemberHealth.IsSilentForLong).ToArray();
        return s.Live.Members.IsEmpty ? LossRules.NothingLeft(s)
            // An election is over in less than the settle time.
            : s.Live.Settled && !s.Live.Members.Any(MemberHealth.IsSilent)
                ? new Blocked(
                    "quorum-lost",
                    $"the member list cannot be read: {s.NamesOf(s.Live.Members)} can reach no majority, and of the others neither a "
                        + "pod nor a volume is left",
                    BringThemBack
                )
            : silent.Length == 0 ? new Progress("a linearizable read of the member list")
            : silent.All(MemberHealth.IsOutOfReach) ? RepairRules.OutOfReach(s, silent)
            : new Blocked(
                "quorum-lost",
                $"the member list cannot be read, and {s.NamesOf(silent)} has not answered beyond the grace "
                    + $"period{MemberCircumstances.Circumstances(silent)}",
                BringThemBack
            );
    }
}
