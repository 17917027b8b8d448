using System.Collections.Immutable;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Reviews;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Modules;

/// <summary>One kind of stateful system that can be managed. A further domain is one more implementation, registered once.</summary>
public interface IClusterDomain
{
    /// <summary>First part of its clusters' keys: <c>etcd</c>.</summary>
    string Domain { get; }

    /// <summary>Waits until what the domain's clusters consist of is known. Then they can be controlled.</summary>
    Task WaitSyncedAsync(CancellationToken cancellationToken);

    /// <summary>What of the live state may not be decided on any more; null while all of it is fresh enough.</summary>
    ViewAge? Stale { get; }

    /// <param name="changed">Called, from any thread, whenever the cluster's report may have changed.</param>
    IClusterControl Control(ClusterKey cluster, Action changed);

    /// <summary>
    /// Clusters that are there now and that this operator has made from a repository, whether it still defines them or not.
    /// </summary>
    ImmutableArray<ClusterKey> MadeFrom(string repository);

    /// <summary>
    /// Whether the cluster is there and was last accepted with another spec than the document's. False where the domain remembers no such
    /// thing.
    /// </summary>
    bool IsChange(ClusterDocument document) => false;

    /// <summary>What of the live cluster differs from a document now; nothing is changed.</summary>
    Task<ImmutableArray<DriftEntry>> DriftsAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken);

    /// <summary>What would be done to bring the live cluster to what a document says; nothing is changed.</summary>
    Task<PlanView> PlanAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken);

    /// <summary>
    /// Why the live cluster is where it is, for people to read; its plan, where the domain has no more to say. Nothing is changed.
    /// </summary>
    async Task<string> ExplainAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken) =>
        (await PlanAsync(document, source, cancellationToken)).Text;
}

/// <summary>Brings one cluster to what is desired of it and keeps it there.</summary>
public interface IClusterControl
{
    /// <summary>What the cluster's status says now; null before it was first observed.</summary>
    ClusterReport? Report { get; }

    /// <summary>Sets what is desired. The newest wins, and is taken between two steps, never within one.</summary>
    void Desire(ClusterDocument document, DocumentSource source);

    /// <summary>The document in git cannot be used: the cluster is kept as it was last accepted.</summary>
    void KeepAccepted(string repository);

    /// <summary>Observes, decides and acts until cancelled; cancelling ends at the next boundary of a step.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Where a document came from.</summary>
/// <param name="Commit">The last commit that changed the document.</param>
/// <param name="Mode">What is done about drift where the document does not say.</param>
public sealed record DocumentSource(string Repository, string Commit, DriftMode Mode = DriftMode.Correct)
{
    /// <summary>What a reviewer was told before it was merged; null where it was not reviewed.</summary>
    public ReviewedPlan? Reviewed { get; init; }

    /// <summary>Which life of the cluster git's status last spoke of; null where it spoke of none.</summary>
    public string? KnownUid { get; init; }

    /// <summary>Why it is not known whether git's status spoke of the cluster; null where it is.</summary>
    public string? UidUnread { get; init; }

    /// <summary>What whoever reads a plan has to know beside it, as a sentence without a full stop; null where there is nothing.</summary>
    public string? Note { get; init; }
}

/// <summary>A plan in the forms that people and machines read.</summary>
/// <param name="Forecast">What the texts were made of.</param>
public sealed record PlanView(PlanForecast Forecast, string Text, string Markdown, string Json)
{
    /// <summary>All forms of a plan, with what its source adds to it.</summary>
    public static PlanView Of(PlanForecast plan, DocumentSource source)
    {
        var noted = source.Note is { } note && !plan.Steps.IsEmpty ? plan with { Assumptions = plan.Assumptions.Add(note) } : plan;
        return new(noted, PlanText.Write(noted), PlanMarkdown.Write(noted), PlanJson.Write(noted));
    }

    public ClusterKey Cluster => Forecast.Cluster;

    public PlanVerdict Verdict => Forecast.Verdict;
}
