using System.Collections.Immutable;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Reviews;

/// <summary>What merging a proposal would mean, on what is true now.</summary>
public sealed record Review
{
    /// <summary>The commit that was looked at.</summary>
    public required string Head { get; init; }

    /// <summary>Clusters in the documents before or after the merge.</summary>
    public required int ClustersInAll { get; init; }

    /// <summary>Those that the proposal changes, in order of their keys.</summary>
    public required ImmutableArray<ClusterReview> Clusters { get; init; }

    /// <summary>What the proposal would bring in, with file and line.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>Findings that the target has already.</summary>
    public int FindingsBefore { get; init; }

    /// <summary>Why the result cannot be had at all, such as a conflict; null where it can.</summary>
    public ReviewBlocker? Blocker { get; init; }

    /// <summary>Why live state was kept out of it; null where it was looked at.</summary>
    public string? WithoutLiveState { get; init; }

    /// <summary>Of all clusters.</summary>
    public IEnumerable<PlannedStep> Steps => Clusters.SelectMany(cluster => cluster.Plan?.Steps ?? []);

    public ReviewVerdict Verdict =>
        Blocker is not null || Findings.Any(finding => finding.Severity == FindingSeverity.Error) ? ReviewVerdict.Invalid
        : Clusters.Any(cluster => cluster.Plan is { Verdict: PlanVerdict.Refused }) ? ReviewVerdict.Refused
        : Clusters.Any(cluster => cluster.Error is not null || cluster.Plan is { Verdict: PlanVerdict.Waits }) ? ReviewVerdict.Waits
        : WithoutLiveState is not null && Clusters.Length > 0 ? ReviewVerdict.Unplanned
        : Clusters.Any(cluster => cluster.DestroysData) ? ReviewVerdict.NeedsApproval
        : Steps.Any(step => !step.Reversible) ? ReviewVerdict.Irreversible
        : Steps.Any(step => step.Risk == RiskClass.Outage) ? ReviewVerdict.Outage
        : Clusters.All(cluster => cluster.Plan is null or { Verdict: PlanVerdict.NothingToDo }) ? ReviewVerdict.NothingToDo
        : ReviewVerdict.Safe;
}

/// <param name="Places">Paths that it is about, if any.</param>
public sealed record ReviewBlocker(Blocker By, ImmutableArray<string> Places)
{
    public ReviewBlocker(string rule, string reason, string remediation, ImmutableArray<string> places)
        : this(new Blocker(rule, reason, remediation), places) { }
}

public enum ReviewVerdict
{
    NothingToDo,

    /// <summary>There are steps, every one of which can be undone, and clients are served all the while.</summary>
    Safe,

    /// <summary>Clients are not served during a step, which can be undone.</summary>
    Outage,

    /// <summary>A step cannot be undone, though it destroys no data.</summary>
    Irreversible,

    /// <summary>Something outside has to change first, or live state could not be seen.</summary>
    Waits,

    /// <summary>Data would be destroyed that cannot be brought back.</summary>
    NeedsApproval,

    /// <summary>Valid, and not planned since its author is not trusted with live state.</summary>
    Unplanned,

    /// <summary>A rule forbids what is proposed.</summary>
    Refused,

    /// <summary>Documents with errors, or nothing that could be read.</summary>
    Invalid,
}

/// <summary>What a proposal means for one cluster.</summary>
/// <param name="Plan">Null where nothing was planned: live state was kept out, could not be seen, or the document goes.</param>
/// <param name="Error">Why live state could not be seen.</param>
public sealed record ClusterReview(
    ClusterKey Cluster,
    DocumentChange Change,
    ImmutableArray<FieldChange> Fields,
    PlanForecast? Plan = null,
    string? Error = null
)
{
    /// <summary>How live differs already from what is in force; the proposal is not to blame for it.</summary>
    public ImmutableArray<DriftFact> Drift { get; init; } = [];

    public bool CannotBeUndone => Plan?.Steps.Any(step => !step.Reversible) == true;

    public bool DestroysData => Plan?.Steps.Any(step => step.Risk == RiskClass.Data) == true;
}

public enum DocumentChange
{
    Added,
    Changed,

    /// <summary>No longer in git: its cluster keeps running and is no longer managed.</summary>
    Removed,
}

/// <param name="Was">Null where the field is new.</param>
/// <param name="Becomes">Null where it goes.</param>
public readonly record struct FieldChange(string Path, string? Was, string? Becomes)
{
    public static ImmutableArray<FieldChange> Between(
        ImmutableSortedDictionary<string, string> was,
        ImmutableSortedDictionary<string, string> becomes
    ) =>
        [
            .. was
                .Keys.Union(becomes.Keys, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(path => new FieldChange(path, was.GetValueOrDefault(path), becomes.GetValueOrDefault(path)))
                .Where(field => field.Was != field.Becomes),
        ];
}
