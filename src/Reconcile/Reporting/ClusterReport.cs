using System.Collections.Immutable;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Reporting;

/// <summary>
/// What one cluster's status says, whatever its domain. It holds nothing that changes by itself (no times, no counters), so that an
/// unchanged cluster gives an unchanged file and no commit.
/// </summary>
public sealed record ClusterReport
{
    public required ClusterKey Cluster { get; init; }

    /// <summary>
    /// Unique to this life of the cluster, of letters and digits; null where there is none, or the domain tells no lives apart.
    /// </summary>
    public string? Uid { get; init; }

    /// <summary>The last commit that changed this cluster's document; null while none has been accepted.</summary>
    public string? Revision { get; init; }

    /// <summary>File that defines the cluster.</summary>
    public string? Path { get; init; }

    /// <summary>The desired state, as a few words: <c>3 members of 3.5.16</c>.</summary>
    public required string Desired { get; init; }

    /// <summary>
    /// The desired state, as JSON in the fields of the document's <c>spec</c>; null where the domain does not say, or git says nothing.
    /// </summary>
    public string? Spec { get; init; }

    public required ClusterPhase Phase { get; init; }

    /// <summary>One line for tables and commit subjects: <c>3/3 healthy, scaling 3→5</c>.</summary>
    public required string Summary { get; init; }

    public ImmutableArray<Condition> Conditions { get; init; } = [];

    public ImmutableArray<MemberReport> Members { get; init; } = [];

    /// <summary>What is being done or waited for; null when nothing is.</summary>
    public string? CurrentStep { get; init; }

    /// <summary>What will follow, by today's forecast.</summary>
    public ImmutableArray<string> Remaining { get; init; } = [];

    /// <summary>Why the desired state is not applied; null where nothing holds it back.</summary>
    public Blocker? Blocker { get; init; }

    /// <summary>
    /// What differs from git. Its times are those of changes (first seen, cured), so they stand still while nothing changes.
    /// </summary>
    public ImmutableArray<DriftEntry> Drifts { get; init; } = [];

    /// <summary>Of a cluster that is there and that git no longer defines.</summary>
    public static ClusterReport Orphan(ClusterKey cluster) =>
        new()
        {
            Cluster = cluster,
            Desired = "nothing: no document defines it",
            Phase = ClusterPhase.Orphaned,
            Summary = "orphaned: it keeps running, and nothing of it is touched",
            Conditions =
            [
                new(
                    "Accepted",
                    false,
                    "Orphaned",
                    "Its document has gone from git; put it back, and the cluster is taken over again as it is found"
                ),
            ],
        };

    /// <summary>It could not be looked at or changed: what was last known stands, and says so.</summary>
    public ClusterReport AfterFailure(Exception error) =>
        this with
        {
            Phase = ClusterPhase.Blocked,
            Blocker = new(
                "pass-failed",
                error.Message,
                "It is tried again by itself, less and less often; the operator's log has the details"
            ),
        };

    /// <summary>Entries of drift, with what becomes of them where nothing is reverted.</summary>
    /// <param name="paused">Why nothing of this cluster is changed at all; null where it is.</param>
    public static ImmutableArray<DriftEntry> Explain(ImmutableArray<DriftEntry> entries, DriftMode mode, string? paused)
    {
        var why = paused ?? (mode == DriftMode.Report ? "nothing: the mode is report" : null);
        return why is null
            ? entries
            :
            [
                .. entries.Select(entry =>
                    entry is { CuredAt: null, Fact.Class: DriftClass.Drift or DriftClass.Domain }
                        ? entry with
                        {
                            Action = why,
                            When = null,
                        }
                        : entry
                ),
            ];
    }

    /// <summary>What is wrong with the document in git, as <c>path:line:column: …</c>, and with what is part of it.</summary>
    public ImmutableArray<string> Findings { get; init; } = [];
}

public enum ClusterPhase
{
    /// <summary>Live is as desired.</summary>
    Converged,

    /// <summary>A step is being taken or waited for.</summary>
    Progressing,

    /// <summary>Nothing safe can be done until something outside changes.</summary>
    Blocked,

    /// <summary>The desired state is against a rule.</summary>
    Refused,

    /// <summary>Told to change nothing.</summary>
    Suspended,

    /// <summary>Its document has gone from git: it keeps running and nothing of it is touched, until the document comes back.</summary>
    Orphaned,
}

/// <summary>A condition by Kubernetes' conventions, without a transition time.</summary>
public sealed record Condition(string Type, bool Status, string Reason, string Message);

public sealed record MemberReport(string Name, string Role, string Version, bool Healthy, string Detail);
