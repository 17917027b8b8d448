using System.Collections.Concurrent;
using System.Collections.Immutable;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Approvals;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Specs;
using GitOpsOperator.Specs.Reading;

namespace GitOpsOperator.Operator.Tests.Toy;

/// <summary>A system that lives in memory: clusters are numbers of nodes.</summary>
public sealed class ToySystem : ConcurrentDictionary<ClusterKey, int>;

/// <summary><c>kind: ToyCluster</c>: a number of nodes.</summary>
public sealed class ToyKind : DocumentKind
{
    public override string Domain => "toy";

    public override string Name => "ToyCluster";

    public override ImmutableArray<Specs.Rule> Rules => [];

    public override ClusterDocument? Read(Metadata? metadata, Fields spec)
    {
        var nodes = spec.Integer("nodes", "give the number of nodes");
        spec.Close();
        return metadata is null || nodes is null
            ? null
            : new ToyDocument(metadata.Key, metadata.Location, metadata.BlobId, metadata.Labels, metadata.Annotations, (int)nodes);
    }
}

public sealed record ToyDocument(
    ClusterKey Key,
    SourceLocation Location,
    string BlobId,
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableSortedDictionary<string, string> Annotations,
    int Nodes
) : ClusterDocument(Key, Location, BlobId, Labels, Annotations);

public sealed record ToyDesired(ToyDocument Document, string Commit) : IDesired
{
    public ClusterKey Cluster => Document.Key;
}

public sealed record ToyLive(ClusterKey Cluster, int Nodes, ImmutableArray<DriftFact> Drifts);

/// <summary>Two steps: one is harmless, the other destroys data.</summary>
public abstract record ToyStep(StepSymbol Symbol, string Verb, RiskClass Risk, string? Undo, int Change) : IStep<ToyLive>
{
    public StepDescription Describe(ToyLive before) =>
        new()
        {
            Symbol = Symbol,
            Subject = before.Cluster.Name,
            Sentence = $"{Verb} a node",
            ClientImpact = "none",
            Risk = Risk,
            Undo = Undo,
            IsMinor = false,
            IsDisruptive = Risk == RiskClass.Data,
        };

    public sealed record AddNode() : ToyStep(StepSymbol.Add, "add", RiskClass.None, "the node is removed", 1);

    public sealed record RemoveNode() : ToyStep(StepSymbol.Remove, "remove", RiskClass.Data, null, -1);
}

/// <summary>All that a domain has to say; loop, plan, comment, status, drift, page, metrics and commands are the engine's.</summary>
public sealed class ToyDomain(DomainServices services, ToySystem system)
    : ClusterDomain<ToyDesired, ToyLive, ToyStep>(services, new KubernetesView(services.Cache))
{
    public override string Domain => "toy";

    public override ImmutableArray<ClusterKey> MadeFrom(string repository) => [.. system.Keys];

    public override bool IsChange(ClusterDocument document) =>
        system.TryGetValue(document.Key, out var nodes) && nodes != ((ToyDocument)document).Nodes;

    protected override ToyDesired DesiredOf(ClusterDocument document, DocumentSource source, ToyDesired? before) =>
        new((ToyDocument)document, source.Commit);

    protected override Task<ToyLive> ObserveAsync(ToyDesired desired, CancellationToken cancellationToken)
    {
        var (nodes, size) = (system.GetValueOrDefault(desired.Cluster), desired.Document.Nodes);
        ImmutableArray<DriftFact> drifts =
            nodes == size ? [] : [new("toy/nodes", "count", DriftClass.Domain, $"{size}", $"{nodes}", null, false, "added or removed")];
        return Task.FromResult(new ToyLive(desired.Cluster, nodes, drifts));
    }

    protected override ImmutableArray<DriftFact> DriftsOf(ToyLive live) => live.Drifts;

    protected override ToyLive WithDrifts(ToyLive live, ImmutableArray<DriftFact> drifts) => live with { Drifts = drifts };

    protected override (Decision<ToyStep> Decision, string Rule) Decide(ToyDesired desired, ToyLive live)
    {
        if (live.Nodes < desired.Document.Nodes)
        {
            return (new Decision<ToyStep>.Act(new ToyStep.AddNode()), "grow");
        }

        if (live.Nodes == desired.Document.Nodes)
        {
            return (new Decision<ToyStep>.Converged(), "converged");
        }

        ImmutableArray<DataEffect> effects = [new($"{desired.Document.Nodes} nodes", "more", "what the removed nodes have stored")];
        var digest = ApprovalDigest.Of(live.Cluster, [], effects, used: 0);
        return desired.Document.Approvals.Contains(digest)
            ? (new Decision<ToyStep>.Act(new ToyStep.RemoveNode()), "shrink")
            : (new Decision<ToyStep>.Blocked(ApprovalRules.Needed(desired.Document, effects, digest)), ApprovalRules.RuleId);
    }

    protected override Task<StepOutcome> ExecuteAsync(
        ToyDesired desired,
        ToyLive live,
        long observedAt,
        ToyStep step,
        CancellationToken cancellationToken
    )
    {
        system[live.Cluster] = live.Nodes + step.Change;
        return Task.FromResult<StepOutcome>(new StepOutcome.Done());
    }

    protected override bool IsUrgent(ToyLive live) => false;

    protected override ClusterReport Report(ToyDesired desired, ToyLive live, Decision<ToyStep> decision, string? note) =>
        new()
        {
            Cluster = live.Cluster,
            Revision = desired.Commit,
            Path = desired.Document.Location.Path,
            Desired = $"{desired.Document.Nodes} nodes",
            Phase = DecisionReport.Phase(decision, suspended: false),
            Summary = $"{live.Nodes} nodes",
            Blocker = decision.Blocker,
        };

    protected override ImmutableArray<DriftEntry> Explain(ToyDesired desired, ImmutableArray<DriftEntry> entries) => entries;

    protected override PlanForecast Plan(ToyDesired desired, ToyLive live)
    {
        var forecast = Forecast.Unfold<ToyLive, ToyStep>(
            live.Cluster,
            live,
            at => Decide(desired, at).Decision,
            (at, step) => at with { Nodes = at.Nodes + step.Change },
            at => at,
            (before, after) => [new("nodes", before.Nodes, after.Nodes)]
        );
        var location = $"{desired.Document.Location.Path}:{desired.Document.Location.Line}";
        var added = forecast.Actions.Count(step => step.Change > 0);
        var summary = new PlanSummary(added, forecast.Actions.Length - added, 0, 0);
        return new(live.Cluster, location, desired.Commit, [], forecast.Steps, summary, [], forecast.Verdict, forecast.Stop)
        {
            Noun = "node",
        };
    }

    protected override object Facts(ToyDesired desired, ToyLive live, Decision<ToyStep> decision) => live;
}

/// <summary>What joins the program, as a project of its own would.</summary>
public sealed class ToyModule(ToySystem system) : IDomainModule
{
    public ImmutableArray<DocumentKind> Kinds { get; } = [new ToyKind()];

    public IClusterDomain Open(DomainServices services) => new ToyDomain(services, system);
}
