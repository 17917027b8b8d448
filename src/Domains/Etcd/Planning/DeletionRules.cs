using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;
using static GitOpsOperator.Domains.Etcd.Planning.RuleAnswers;
using static GitOpsOperator.Reconcile.Deciding.Decision<GitOpsOperator.Domains.Etcd.Steps.EtcdStep>;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// A cluster is deleted by a tombstone in git that names just this life of it: clients first, then the members one by one, volumes only
/// where git says so, too. The record stays, since it tells what went, and what the volumes that are kept belong to.
/// </summary>
internal static class DeletionRules
{
    /// <summary>Nothing is made of a document that is a tombstone already.</summary>
    public static Converged? NeverMade(EtcdPlanningContext s) => s.Live.Record is null && s.Desired.Tombstone is not null ? new() : null;

    public static Decision<EtcdStep>? Tombstone(EtcdPlanningContext s)
    {
        if (s.Desired.Tombstone is not { } tombstone)
        {
            return s.Record.Deleted is null ? null : Live(s);
        }

        if (tombstone != s.Record.Incarnation)
        {
            return new Blocked(
                "tombstone-of-another-uid",
                $"the annotation {ClusterDocument.TombstoneAnnotation} says {Shown(tombstone)}, and this cluster's UID is "
                    + $"{s.Record.Incarnation}; nothing is deleted",
                $"To delete this very cluster {(s.Desired.Spec.DeleteVolumes ? "with its volumes" : "and keep its volumes")}, give "
                    + $"{ClusterDocument.TombstoneAnnotation}: \"{s.Record.Incarnation}\" in {s.Desired.Source.Path}; to keep it, "
                    + "remove the annotation"
            );
        }

        var members = s
            .Live.Members.Where(MemberHealth.HasObjects)
            .Concat(s.Live.RetainedVolumes.Select(kept => new MemberLive(kept.Index) { Claim = kept.Claim }))
            .OrderByDescending(member => member.Index)
            .ToArray();
        var volumes = s.Desired.Spec.DeleteVolumes ? members.Where(member => member.Claim is not null).ToArray() : [];
        if (s.Record.Deleted is not { } deleted || volumes.Any(member => !deleted.Volumes.Contains(s.Names.Claim(member.Index))))
        {
            string[] running = [.. members.Where(member => member.StatefulSet is not null).Select(member => s.Name(member.Index))];
            return Write(
                s,
                s.Record with
                {
                    Intent = null,
                    Deleted = new(
                        [.. Union(s.Record.Deleted?.Members, running)],
                        [.. Union(s.Record.Deleted?.Volumes, volumes.Select(member => s.Names.Claim(member.Index)))]
                    ),
                },
                $"the tombstone in {s.Desired.Source.Path} deletes this "
                    + $"cluster{(volumes.Length > 0 ? " and its volumes" : "; its volumes are kept")}"
            );
        }

        return s.Live.Shared is { ClientServiceHash: not null } or { DisruptionBudgetHash: not null }
                ? new Act(new EtcdStep.DeleteShared(Peers: false))
            : members
                .Select(member => ObjectRules.DeleteObjects(s, member, s.Desired.Spec.DeleteVolumes, "runs"))
                .FirstOrDefault(step => step is not null)
                is { } next
                ? next
            : s.Live.Shared.PeerServiceHash is not null ? new Act(new EtcdStep.DeleteShared(Peers: true))
            : new Converged();
    }

    /// <summary>
    /// The tombstone has been taken away: what has kept its volume comes back with its data; of what has not, a new cluster is made.
    /// </summary>
    private static Decision<EtcdStep> Live(EtcdPlanningContext s) =>
        s.Live.Members.Any(MemberHealth.HasObjects)
            ? Write(s, s.Record with { Deleted = null }, "the tombstone is gone, and the cluster comes back from its volumes")
            : BootstrapRules.Founding(s, "the cluster that was here is deleted, and a new one begins");

    private static IEnumerable<string> Union(IEnumerable<string>? before, IEnumerable<string> now) =>
        (before ?? []).Union(now).Order(StringComparer.Ordinal);

    private static string Shown(string text) =>
        text.Length == 0 ? "nothing"
        : text.Length <= 40 ? text
        : text[..40] + "…";
}
