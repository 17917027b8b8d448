using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Plans;

/// <summary>
/// A planner's own decisions, unfolded on a model until it has nothing more to do. Plan and deed come from the same function, so there is
/// no second opinion that could say one thing and do another.
/// </summary>
/// <param name="Steps">In words, each with the figures before and after it.</param>
/// <param name="Actions">The steps themselves.</param>
/// <param name="End">The state in which it ends.</param>
/// <param name="Stop">Why it does not end as desired; null where it does.</param>
public sealed record Forecast<TLive, TStep>(
    ImmutableArray<PlannedStep> Steps,
    ImmutableArray<TStep> Actions,
    TLive End,
    PlanVerdict Verdict,
    Blocker? Stop
)
    where TLive : class
    where TStep : IStep<TLive>;

/// <summary>Unfolds plans.</summary>
public static class Forecast
{
    /// <summary>
    /// Many times what any plan needs (1 to 7 members of etcd take about 100 decisions); reaching it is a defect of the planner and says
    /// so.
    /// </summary>
    private const int MaxDecisions = 5000;

    /// <param name="apply">The state right after a step.</param>
    /// <param name="advance">What the world then does by itself; the same object where nothing is left to happen.</param>
    /// <param name="figures">The domain's figures before and after a step.</param>
    /// <exception cref="InvalidOperationException">The planner's decisions do not end.</exception>
    public static Forecast<TLive, TStep> Unfold<TLive, TStep>(
        ClusterKey cluster,
        TLive live,
        Func<TLive, Decision<TStep>> decide,
        Func<TLive, TStep, TLive> apply,
        Func<TLive, TLive> advance,
        Func<TLive, TLive, ImmutableArray<PlanFigure>> figures
    )
        where TLive : class
        where TStep : IStep<TLive>
    {
        var steps = ImmutableArray.CreateBuilder<PlannedStep>();
        var actions = ImmutableArray.CreateBuilder<TStep>();
        for (var decisions = 0; decisions < MaxDecisions; decisions++)
        {
            switch (decide(live))
            {
                case Decision<TStep>.Act { Step: var step }:
                    var after = apply(live, step);
                    steps.Add(PlannedStep.Of(step, live, figures(live, after)));
                    actions.Add(step);
                    live = after;
                    break;
                case Decision<TStep>.Progress progress when advance(live) is var later && ReferenceEquals(later, live):
                    return End(PlanVerdict.Waits, new("waiting", $"waits for {progress.Expected}", "It resumes automatically"));
                case Decision<TStep>.Progress:
                    live = advance(live);
                    break;
                case Decision<TStep>.Blocked blocked:
                    return End(PlanVerdict.Waits, blocked.By);
                case Decision<TStep>.Refused refused:
                    return End(PlanVerdict.Refused, refused.By);
                case Decision<TStep>.Converged:
                    return End(steps.Count == 0 ? PlanVerdict.NothingToDo : PlanVerdict.Changes, null);
                default:
                    throw new InvalidOperationException("A decision that the forecast does not know");
            }
        }

        throw new InvalidOperationException(
            $"The plan for {cluster} did not end after {MaxDecisions} decisions; its last steps were "
                + $"{string.Join("; ", steps.TakeLast(4).Select(step => step.Sentence))}. This is a defect of the planner."
        );

        Forecast<TLive, TStep> End(PlanVerdict verdict, Blocker? stop) =>
            new(steps.ToImmutable(), actions.ToImmutable(), live, verdict, stop);
    }
}
