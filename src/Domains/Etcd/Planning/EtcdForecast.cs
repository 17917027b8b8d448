using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Plans;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// A plan: the planner's own decisions, unfolded on the model until it has nothing more to do. There is no second opinion that could
/// say one thing and do another.
/// </summary>
public static class EtcdForecast
{
    public static PlanForecast Unfold(EtcdDesired desired, EtcdLive live) => Unfold(desired, live, EtcdHashes.Rendered);

    internal static PlanForecast Unfold(EtcdDesired desired, EtcdLive start, EtcdHashes hashes)
    {
        var model = new EtcdModel(desired, hashes);
        var forecast = Forecast.Unfold<EtcdLive, EtcdStep>(
            start.Cluster,
            start,
            live => EtcdPlanner.Decide(desired, live, hashes).Decision,
            model.ApplyTo,
            model.Advance,
            QuorumFigures.Of
        );
        return new(
            start.Cluster,
            $"{desired.Source.Path}:{desired.Source.Line}",
            desired.Source.Commit,
            desired.Tombstone is not null && start.Record is { Deleted: null }
                ? ["the cluster is deleted by a tombstone"]
                : Changes(start.Record?.Accepted?.Spec, desired.Spec),
            forecast.Steps,
            Summary(forecast.Actions),
            Assumptions(start, forecast.Actions),
            forecast.Verdict,
            forecast.Stop
        )
        {
            Noun = "member",
        };
    }

    private static ImmutableArray<string> Changes(EtcdSpec? was, EtcdSpec desired) =>
        was is null
            ? [$"new cluster of size {desired.Size}, etcd {desired.Version}"]
            :
            [
                .. Change("size", was.Size, desired.Size),
                .. Change("version", was.Version, desired.Version),
                .. Change("image.repository", was.ImageRepository, desired.ImageRepository),
                .. was.Storage.Equals(desired.Storage) ? Array.Empty<string>() : ["storage changes"],
                .. was.Resources.Equals(desired.Resources) ? Array.Empty<string>() : ["resources change"],
                .. was.Options.Equals(desired.Options) ? Array.Empty<string>() : ["options change"],
                .. was.Pods.Equals(desired.Pods) ? Array.Empty<string>() : ["settings of the pods change"],
                .. was.Size == desired.Size || !Restarts(was, desired)
                    ? Array.Empty<string>()
                    : ["in this order: what is broken is repaired, the members are restarted, the size is changed"],
            ];

    private static bool Restarts(EtcdSpec was, EtcdSpec desired) =>
        was.Version != desired.Version
        || was.ImageRepository != desired.ImageRepository
        || !was.Resources.Equals(desired.Resources)
        || !was.Options.Equals(desired.Options)
        || !was.Pods.Equals(desired.Pods);

    private static string[] Change<T>(string field, T was, T desired) =>
        EqualityComparer<T>.Default.Equals(was, desired) ? [] : [$"{field} {was} -> {desired}"];

    private static PlanSummary Summary(ImmutableArray<EtcdStep> actions)
    {
        var removals = actions
            .OfType<EtcdStep.WriteRecord>()
            .Select(w => w.Record.Intent)
            .OfType<EtcdIntent.Remove>()
            .DistinctBy(r => r.Index)
            .ToArray();
        var deleting = actions.Any(a => a is EtcdStep.DeleteShared);
        var removed = actions.Count(a => a is EtcdStep.RemoveMember || (deleting && a is EtcdStep.DeleteMember));
        var broken = Math.Min(removals.Count(r => r.Reason is RemovalReason.Wiped or RemovalReason.Lost), removed);
        var added = actions.Count(a => a is EtcdStep.AddLearner or EtcdStep.StartSeed);
        var replaced = Math.Min(broken, added);
        return new(
            added - replaced,
            removed - replaced,
            replaced,
            actions.OfType<EtcdStep.UpdateMember>().DistinctBy(u => u.Index).Count()
        );
    }

    private static ImmutableArray<string> Assumptions(EtcdLive start, ImmutableArray<EtcdStep> actions)
    {
        var silent = start
            .Members.Where(m =>
                m is { Entry: not null, Pod.DataLost: false } && MemberHealth.IsSilent(m) && !MemberHealth.IsSilentForLong(m)
            )
            .ToArray();
        return
        [
            "no member fails meanwhile; before every step that changes etcd the live cluster is observed again",
            .. actions.Any(a => a is EtcdStep.AddLearner or EtcdStep.StartSeed)
                ? new[] { "the nodes have room for every new pod and its volume" }
                : [],
            .. actions.Any(a => a is EtcdStep.UpdateMember)
                ? new[] { "a restarted member is back within its grace, and leads only if the plan says so" }
                : [],
            .. actions.Any(a => a is EtcdStep.AddLearner) ? new[] { "a new member catches up with the leader before it is promoted" } : [],
            .. Version(actions),
            .. silent.Length > 0
                ? new[]
                {
                    $"{string.Join(", ", silent.Select(m => new EtcdNames(start.Cluster).Member(m.Index)))} answers again within the "
                        + "grace period",
                }
                : [],
        ];
    }

    private static IEnumerable<string> Version(ImmutableArray<EtcdStep> actions)
    {
        if (
            actions.OfType<EtcdStep.UpdateMember>().FirstOrDefault(update => update.From is { } from && from != update.To)
            is not { From: { } from, To: var to }
        )
        {
            yield break;
        }

        if (!actions.OfType<EtcdStep.TakeSnapshot>().Any())
        {
            yield return "no snapshot is taken first; etcdctl snapshot save makes one";
        }

        if (EtcdVersionRules.RaisesClusterVersion(from, to) && EtcdReleases.Of(to) is { Caveat: { } caveat })
        {
            yield return caveat;
        }
    }
}
