using System.Collections.Immutable;

namespace GitOpsOperator.Reconcile.Deciding;

/// <summary>One rule of a planner.</summary>
/// <param name="Id">Stable kebab-case id: it stands in statuses, recordings and proofs.</param>
/// <param name="Answer">Null where the rule has nothing to say. Pure.</param>
public sealed record Rule<TContext, TStep>(string Id, Func<TContext, Decision<TStep>?> Answer);

/// <summary>A planner's rules in order: the first that answers wins, and none answering means that live is as desired.</summary>
public sealed class RuleTable<TContext, TStep>(params ImmutableArray<Rule<TContext, TStep>> rules)
{
    /// <summary>In place of a rule's id where none had anything to say.</summary>
    public const string Converged = "converged";

    /// <summary>Ids of the rules in the order in which they are asked.</summary>
    public ImmutableArray<string> Ids { get; } = [.. rules.Select(rule => rule.Id)];

    /// <summary>The decision with the id of the rule that made it.</summary>
    public (Decision<TStep> Decision, string Rule) Decide(TContext context)
    {
        foreach (var rule in rules)
        {
            if (rule.Answer(context) is { } decision)
            {
                return (decision, rule.Id);
            }
        }

        return (new Decision<TStep>.Converged(), Converged);
    }

    /// <summary>What the rules that stand after one would decide; null where none of them has anything to say.</summary>
    public Decision<TStep>? DecideAfter(string id, TContext context) =>
        rules.SkipWhile(rule => rule.Id != id).Skip(1).Select(rule => rule.Answer(context)).FirstOrDefault(answer => answer is not null);
}
