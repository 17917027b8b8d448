using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Steps;

namespace GitOpsOperator.Reconcile.Plans;

/// <summary>One step of a forecast, in words, for people and for machines. Every domain's plan is made of these.</summary>
/// <param name="Symbol"><c>+</c> something comes, <c>~</c> something changes, <c>-</c> something goes.</param>
/// <param name="Kind">The step's own name, such as <c>PromoteLearner</c>.</param>
/// <param name="Subject">What it is done to, such as <c>orders-3</c>; the cluster's name where it is about all of it.</param>
/// <param name="Sentence">An imperative without a full stop.</param>
/// <param name="Figures">The domain's figures before and after, in the order in which they are read.</param>
/// <param name="ClientImpact">What clients notice.</param>
/// <param name="WayBack">How it is undone; null where it cannot be.</param>
/// <param name="Minor">Bookkeeping that serves a step shown: counted, but not listed.</param>
public sealed record PlannedStep(
    char Symbol,
    string Kind,
    string Subject,
    string Sentence,
    ImmutableArray<PlanFigure> Figures,
    string ClientImpact,
    RiskClass Risk,
    string? WayBack,
    bool Minor
)
{
    public bool Reversible => WayBack is not null;

    /// <param name="figures">Before and after the step.</param>
    public static PlannedStep Of<TLive>(IStep<TLive> step, TLive before, ImmutableArray<PlanFigure> figures)
    {
        var description = step.Describe(before);
        return new(
            description.Symbol switch
            {
                StepSymbol.Add => '+',
                StepSymbol.Change => '~',
                StepSymbol.Remove => '-',
                _ => throw new ArgumentOutOfRangeException(nameof(step), description.Symbol, "A symbol that plans do not know"),
            },
            StepKind.Of(step),
            description.Subject,
            description.Sentence,
            figures,
            description.ClientImpact,
            description.Risk,
            description.Undo,
            description.IsMinor
        );
    }
}

/// <summary>A figure before and after a step, such as quorum 2 and 3.</summary>
public readonly record struct PlanFigure(string Name, int Before, int After);
