using System.Collections.Immutable;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;

namespace GitOpsOperator.Domains.Etcd.Planning;

/// <summary>
/// A plan: the planner's own decisions, unfolded on the model until it has nothing more to do. There is no second opinion that could
/// say one thing and do another.
/// </summary>
public static class EtcdForecast
{
    /// <summary>More than any plan needs (1 to 7 members takes about 100 decisions); reaching it is a fault of the planner and says so.</summary>
    private const int MostDecisions = 2000;

    public static PlanForecast Unfold(EtcdDesired desired, EtcdLive live) => Unfold(desired, live, EtcdHashes.Rendered);

    internal static PlanForecast Unfold(EtcdDesired desired, EtcdLive live, EtcdHashes hashes)
    {
        var model = new EtcdModel(desired, hashes);
        var steps = ImmutableArray.CreateBuilder<PlannedStep>();
        var actions = new List<EtcdStep>();
        var start = live;
        for (var decisions = 0; decisions < MostDecisions; decisions++)
        {
            switch (EtcdPlanner.Decide(desired, live, hashes).Decision)
            {
                case Decision<EtcdStep>.Act { Step: var step }:
                    var after = model.ApplyTo(live, step);
                    steps.Add(EtcdPlannedStep.Of(step, live, after));
                    actions.Add(step);
                    live = after;
                    break;
                case Decision<EtcdStep>.Progress progress when model.Advance(live) is var later && ReferenceEquals(later, live):
                    return Forecast(PlanVerdict.Waits, new("waiting", $"waits for {progress.Expected}", "It goes on by itself"));
                case Decision<EtcdStep>.Progress:
                    live = model.Advance(live);
                    break;
                case Decision<EtcdStep>.Blocked blocked:
                    return Forecast(PlanVerdict.Waits, new(blocked.Rule, blocked.Reason, blocked.WayOut));
                case Decision<EtcdStep>.Refused refused:
                    return Forecast(PlanVerdict.Refused, new(refused.Rule, refused.Reason, refused.WayOut));
                case Decision<EtcdStep>.Converged:
                    return Forecast(steps.Count == 0 ? PlanVerdict.NothingToDo : PlanVerdict.Changes, null);
                default:
                    throw new InvalidOperationException("A decision that the forecast does not know");
            }
        }

        throw new InvalidOperationException(
            $"The plan for {live.Cluster} did not end after {MostDecisions} decisions; its last steps were {string.Join("; ", steps.TakeLast(4).Select(s => s.Sentence))}. This is a fault of the planner."
        );

        PlanForecast Forecast(PlanVerdict verdict, PlanStop? stop) =>
            new(
                start.Cluster,
                $"{desired.Source.Path}:{desired.Source.Line}",
                desired.Source.Commit,
                desired.Tombstone is not null && start.Record is { Deleted: null }
                    ? ["the cluster is deleted by a tombstone"]
                    : Changes(start.Record?.Accepted?.Spec, desired.Spec),
                steps.ToImmutable(),
                Summary(actions),
                Assumptions(start, actions),
                verdict,
                stop
            );
    }

    private static ImmutableArray<string> Changes(EtcdSpec? was, EtcdSpec wanted) =>
        was is null
            ? [$"new cluster of size {wanted.Size}, etcd {wanted.Version}"]
            :
            [
                .. Change("size", was.Size, wanted.Size),
                .. Change("version", was.Version, wanted.Version),
                .. Change("image.repository", was.ImageRepository, wanted.ImageRepository),
                .. was.Storage.Equals(wanted.Storage) ? Array.Empty<string>() : ["storage changes"],
                .. was.Resources.Equals(wanted.Resources) ? Array.Empty<string>() : ["resources change"],
                .. was.Options.Equals(wanted.Options) ? Array.Empty<string>() : ["options change"],
                .. was.Pods.Equals(wanted.Pods) ? Array.Empty<string>() : ["settings of the pods change"],
                .. was.Size == wanted.Size || !Restarts(was, wanted)
                    ? Array.Empty<string>()
                    : ["in this order: what is broken is mended, the members are restarted, the size is changed"],
            ];

    private static bool Restarts(EtcdSpec was, EtcdSpec wanted) =>
        was.Version != wanted.Version
        || was.ImageRepository != wanted.ImageRepository
        || !was.Resources.Equals(wanted.Resources)
        || !was.Options.Equals(wanted.Options)
        || !was.Pods.Equals(wanted.Pods);

    private static string[] Change<T>(string field, T was, T wanted) =>
        EqualityComparer<T>.Default.Equals(was, wanted) ? [] : [$"{field} {was} -> {wanted}"];

    private static PlanSummary Summary(List<EtcdStep> actions)
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

    private static ImmutableArray<string> Assumptions(EtcdLive start, List<EtcdStep> actions)
    {
        var silent = start
            .Members.Where(m =>
                m is { Entry: not null, Pod.DataLost: false } && EtcdSituation.IsSilent(m) && !EtcdSituation.IsSilentForLong(m)
            )
            .ToArray();
        return
        [
            "no member fails meanwhile; before every step that changes etcd the live cluster is looked at again",
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
                    $"{string.Join(", ", silent.Select(m => new EtcdNames(start.Cluster).Member(m.Index)))} answers again within the grace period",
                }
                : [],
        ];
    }

    private static IEnumerable<string> Version(List<EtcdStep> actions)
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
