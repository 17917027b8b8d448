using System.Collections.Immutable;
using System.Security.Cryptography;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Live.Access;
using GitOpsOperator.Domains.Etcd.Planning;
using GitOpsOperator.Domains.Etcd.Rendering;
using GitOpsOperator.Domains.Etcd.Reporting;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Domains.Etcd.Steps;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Domains.Etcd;

/// <summary>etcd clusters: what watches, observes, decides on and changes them, put together.</summary>
public sealed class EtcdDomain : ClusterDomain<EtcdDesired, EtcdLive, EtcdStep>
{
    private readonly EtcdEndpoints _endpoints;
    private readonly EtcdObserver _observer;
    private readonly EtcdExecutor _executor;
    private readonly EtcdDriftDetection _detection;

    public EtcdDomain(DomainServices services)
        : this(services, new KubernetesView(services.Cache), new EtcdEndpoints(EtcdEndpoints.DefaultDeadline, services.Time)) { }

    internal EtcdDomain(DomainServices services, KubernetesView view, EtcdEndpoints endpoints)
        : this(services, view, endpoints, RecordWriters.NewName()) { }

    private EtcdDomain(DomainServices services, KubernetesView view, EtcdEndpoints endpoints, string writer)
        : this(
            services,
            view,
            endpoints,
            new EtcdObserver(
                view,
                new NodeStates(services.Kubernetes, mayAsk: !services.Cache.IsNamespaced),
                endpoints,
                new()
                {
                    Grace = services.Grace,
                    Settle = services.Settle,
                    Writer = writer,
                },
                services.Time
            ),
            new EtcdExecutor(
                services.Kubernetes,
                view,
                endpoints,
                new() { Leadership = services.Leadership, Writer = writer },
                services.Time
            )
        ) { }

    internal EtcdDomain(DomainServices services, KubernetesView view, EtcdEndpoints endpoints, EtcdObserver observer, EtcdExecutor executor)
        : base(services, view)
    {
        (_endpoints, _observer, _executor) = (endpoints, observer, executor);
        _detection = new(view);
    }

    /// <inheritdoc/>
    public override string Domain => "etcd";

    /// <inheritdoc/>
    public override bool IsChange(ClusterDocument document) =>
        _observer.RecordOf(document.Key, Services.Owner)?.Accepted is { } accepted && accepted.Spec != ((EtcdClusterDocument)document).Spec;

    /// <inheritdoc/>
    public override async Task<string> ExplainAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
    {
        var desired = DesiredOf(document, source, before: null);
        return EtcdExplanation.Write(desired, await ObserveAsync(desired, cancellationToken) with { Settled = true });
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _endpoints.Dispose();
        return base.DisposeAsync();
    }

    internal static EtcdDesired DesiredOf(OwnerId owner, EtcdClusterDocument document, DocumentSource source) =>
        new(
            document.Key,
            owner,
            source.Repository,
            new(source.Commit, document.Location.Path, document.Location.Line, document.BlobId, document.Spec),
            NewIncarnation()
        )
        {
            RepositoryMode = source.Mode,
            Reviewed = source.Reviewed,
            Tombstone = document.Tombstone,
            Approvals = document.Approvals,
            KnownUid = source.KnownUid,
            UidUnread = source.UidUnread,
        };

    /// <inheritdoc/>
    protected override EtcdDesired DesiredOf(ClusterDocument document, DocumentSource source, EtcdDesired? before) =>
        DesiredOf(Services.Owner, (EtcdClusterDocument)document, source).After(before);

    /// <inheritdoc/>
    protected override EtcdDesired? Accepted(ClusterKey cluster, string repository) =>
        _observer.RecordOf(cluster, Services.Owner)?.Accepted is { } accepted
            ? new(cluster, Services.Owner, repository, accepted, NewIncarnation()) { IsFromGit = false }
            : null;

    /// <inheritdoc/>
    protected override async Task<EtcdLive> ObserveAsync(EtcdDesired desired, CancellationToken cancellationToken) =>
        WithDrifts(desired, HistoryChoice.Apply(desired, await _observer.ObserveAsync(desired.Cluster, Services.Owner, cancellationToken)));

    /// <summary>What the cluster's own loop saw last costs no call.</summary>
    protected override async Task<EtcdLive> ObserveForPlanAsync(EtcdDesired desired, EtcdLive? seen, CancellationToken cancellationToken) =>
        seen is null ? await ObserveAsync(desired, cancellationToken) : WithDrifts(desired, seen);

    /// <inheritdoc/>
    protected override ImmutableArray<DriftFact> DriftsOf(EtcdLive live) => live.Drifts;

    /// <inheritdoc/>
    protected override EtcdLive WithDrifts(EtcdLive live, ImmutableArray<DriftFact> drifts) => live with { Drifts = drifts };

    /// <inheritdoc/>
    protected override (Decision<EtcdStep> Decision, string Rule) Decide(EtcdDesired desired, EtcdLive live) =>
        EtcdPlanner.Decide(desired, live, EtcdHashes.Rendered);

    /// <inheritdoc/>
    protected override Task<StepOutcome> ExecuteAsync(
        EtcdDesired desired,
        EtcdLive live,
        long observedAt,
        EtcdStep step,
        CancellationToken cancellationToken
    ) => _executor.ExecuteAsync(desired, live, observedAt, step, cancellationToken);

    /// <summary>A voter is down: one more, and the cluster may have no quorum.</summary>
    protected override bool IsUrgent(EtcdLive live) =>
        live.Members.Any(member => member.Entry is { IsLearner: false } && !MemberHealth.IsHealthyVoter(member));

    /// <inheritdoc/>
    protected override TimeSpan? DueIn(EtcdLive live) => live.SettlesIn;

    /// <inheritdoc/>
    protected override ClusterReport Report(EtcdDesired desired, EtcdLive live, Decision<EtcdStep> decision, string? note) =>
        EtcdReport.Of(desired, live, decision, note);

    /// <inheritdoc/>
    protected override ImmutableArray<DriftEntry> Explain(EtcdDesired desired, ImmutableArray<DriftEntry> entries) =>
        EtcdReport.Explain(desired, entries);

    /// <inheritdoc/>
    protected override PlanForecast Plan(EtcdDesired desired, EtcdLive live) => EtcdForecast.Unfold(desired, live);

    /// <inheritdoc/>
    protected override object Facts(EtcdDesired desired, EtcdLive live, Decision<EtcdStep> decision) => new EtcdFacts(desired, live);

    /// <inheritdoc/>
    protected override void Reset(ClusterKey cluster) => _observer.Forget(cluster);

    private static string NewIncarnation() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private EtcdLive WithDrifts(EtcdDesired desired, EtcdLive live) => live with { Drifts = _detection.Look(desired, live) };
}
