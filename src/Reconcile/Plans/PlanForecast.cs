using System.Collections.Immutable;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Plans;

/// <summary>What would be done to one cluster, unfolded from the same decisions that carry it out.</summary>
/// <param name="Change">What the document says otherwise than what is in force, such as <c>size 3 -> 5</c>; empty where nothing.</param>
/// <param name="Assumptions">What has to stay true for it to go this way.</param>
/// <param name="Stop">Why it does not end as desired; null where it does.</param>
public sealed record PlanForecast(
    ClusterKey Cluster,
    string Source,
    string Commit,
    ImmutableArray<string> Change,
    ImmutableArray<PlannedStep> Steps,
    PlanSummary Summary,
    ImmutableArray<string> Assumptions,
    PlanVerdict Verdict,
    Blocker? Stop
)
{
    /// <summary>How the files that pods read would change; nothing secret is shown.</summary>
    public ImmutableArray<TextDiff> Diffs { get; init; } = [];

    /// <summary>What whoever approves of it should look at first, each a sentence without a full stop.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>What the summary counts: <c>member</c>, <c>replica</c>.</summary>
    public required string Noun { get; init; }

    public IEnumerable<PlannedStep> MajorSteps => Steps.Where(s => !s.Minor);
}

/// <summary>Members or replicas that come, go, are replaced and are restarted.</summary>
public readonly record struct PlanSummary(int Add, int Remove, int Replace, int Restart)
{
    /// <param name="noun">What is counted: <c>member</c>.</param>
    public string InWords(string noun) =>
        $"{Add} {(Add == 1 ? noun : $"{noun}s")} to add, {Remove} to remove, {Replace} to "
        + $"replace{(Restart > 0 ? $", {Restart} to restart" : "")}";
}

public enum PlanVerdict
{
    NothingToDo,

    /// <summary>There are steps, and they end as desired.</summary>
    Changes,

    /// <summary>A rule forbids what is desired.</summary>
    Refused,

    /// <summary>Nothing more can be done until something outside changes.</summary>
    Waits,
}
