using System.Collections.Immutable;
using GitOpsOperator.Domains.Prometheus.Checking;
using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Live.Access;
using GitOpsOperator.Domains.Prometheus.Planning;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Domains.Prometheus.Reporting;
using GitOpsOperator.Domains.Prometheus.Spec;
using GitOpsOperator.Domains.Prometheus.Steps;
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
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus;

/// <summary>Prometheus: what watches, observes, decides on and changes it, put together.</summary>
public sealed class PrometheusDomain : ClusterDomain<PrometheusDesired, PrometheusLive, PrometheusStep>
{
    private readonly ClusterObjects _objects;
    private readonly PrometheusEndpoints _endpoints;
    private readonly PromtoolCheck _promtool;
    private readonly PrometheusObservation _observation;
    private readonly PrometheusExecutor _executor;

    public PrometheusDomain(DomainServices services, PrometheusOptions options)
        : base(services, new KubernetesView(services.Cache, secrets: true, claims: PrometheusNames.MayBeClaim))
    {
        _objects = new ClusterObjects(services.Cache, options.ObjectsFromCluster, View.NotifyAll);
        _endpoints = new(PrometheusEndpoints.DefaultDeadline, services.Time);
        _promtool = new(options.Promtool);
        var observer = new PrometheusObserver(View, _endpoints, services.Time);
        var assembly = new PrometheusAssembly(_promtool, new ReferencedObjects(services.Kubernetes, services.Time), _objects);
        _observation = new(observer, assembly, new(View), View, _objects);
        _executor = new(services.Kubernetes, View, _endpoints, observer, services.Leadership, services.Time);
    }

    /// <inheritdoc/>
    public override string Domain => "prometheus";

    /// <inheritdoc/>
    public override ViewAge? Stale => base.Stale ?? _objects.Stale;

    /// <summary>By the Prometheus' own document: what monitors and rules were is not kept, and changes of theirs restart nothing.</summary>
    public override bool IsChange(ClusterDocument document)
    {
        var secret = View.Secrets?.Find(document.Key.Namespace, new PrometheusNames(document.Key).Confirmed);
        var desired = DesiredOf(document, new("", ""), before: null);
        return secret is not null
            && Ownership.IsOurs(secret.Metadata, Services.Owner)
            && secret.GetAnnotation(ObjectLabels.DesiredHashAnnotation) is { } reached
            && reached != PrometheusRendering.DesiredHash(desired);
    }

    /// <summary>The plan, and of each monitor and rule of git and the cluster whether it is selected, and why.</summary>
    public override async Task<string> ExplainAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
    {
        var desired = DesiredOf(document, source, before: null);
        var live = await ObserveAsync(desired, cancellationToken);
        var plan = PlanView.Of(Plan(desired, live), source).Text;
        return string.Join('\n', [.. PrometheusExplanation.Lines(live.Rendered), "", plan]);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _endpoints.Dispose();
        _promtool.Dispose();
        return base.DisposeAsync();
    }

    /// <summary>A monitor whose document cannot be read now is kept as it last was: a slip in one file must not lose its targets.</summary>
    internal static PrometheusDocument KeepingBroken(PrometheusDocument document, PrometheusDocument? before) =>
        before is null || document.BrokenObjects.IsEmpty
            ? document
            : document with
            {
                Objects =
                [
                    .. document
                        .Objects.Concat(before.Objects.Where(item => document.BrokenObjects.Contains(item.Key)))
                        .OrderBy(item => item.Key),
                ],
            };

    /// <inheritdoc/>
    protected override PrometheusDesired DesiredOf(ClusterDocument document, DocumentSource source, PrometheusDesired? before) =>
        new(
            document.Key,
            Services.Owner,
            source.Repository,
            source.Commit,
            KeepingBroken((PrometheusDocument)document, before?.Document),
            source.Mode
        )
        {
            Reviewed = source.Reviewed,
        };

    /// <summary>As long as it is controlled, what it selects from in the cluster is watched.</summary>
    protected override IDisposable Hold(PrometheusDesired desired) => _observation.Hold(desired.Document);

    /// <inheritdoc/>
    protected override Task<PrometheusLive> ObserveAsync(PrometheusDesired desired, CancellationToken cancellationToken) =>
        _observation.ObserveAsync(desired, cancellationToken);

    /// <inheritdoc/>
    protected override ImmutableArray<DriftFact> DriftsOf(PrometheusLive live) => live.Drifts;

    /// <inheritdoc/>
    protected override PrometheusLive WithDrifts(PrometheusLive live, ImmutableArray<DriftFact> drifts) => live with { Drifts = drifts };

    /// <inheritdoc/>
    protected override (Decision<PrometheusStep> Decision, string Rule) Decide(PrometheusDesired desired, PrometheusLive live) =>
        PrometheusPlanner.Decide(desired, live, PrometheusHashes.Rendered);

    /// <inheritdoc/>
    protected override Task<StepOutcome> ExecuteAsync(
        PrometheusDesired desired,
        PrometheusLive live,
        long observedAt,
        PrometheusStep step,
        CancellationToken cancellationToken
    ) => _executor.ExecuteAsync(desired, live, step, cancellationToken);

    /// <summary>A shard has nobody who scrapes.</summary>
    protected override bool IsUrgent(PrometheusLive live) =>
        live.Shards.Any(shard => shard.Set is { Replicas: > 0 } && !shard.Replicas.Any(PrometheusComparison.Serves));

    /// <inheritdoc/>
    protected override ClusterReport Report(
        PrometheusDesired desired,
        PrometheusLive live,
        Decision<PrometheusStep> decision,
        string? note
    ) => PrometheusReport.Of(desired, live, decision, note);

    /// <inheritdoc/>
    protected override ImmutableArray<DriftEntry> Explain(PrometheusDesired desired, ImmutableArray<DriftEntry> entries) =>
        PrometheusReport.Explain(desired, entries);

    /// <inheritdoc/>
    protected override PlanForecast Plan(PrometheusDesired desired, PrometheusLive live) => PrometheusForecast.Unfold(desired, live);

    /// <summary>Documents and configurations are left out: they are large, and may hold secrets.</summary>
    protected override object Facts(PrometheusDesired desired, PrometheusLive live, Decision<PrometheusStep> decision) =>
        PrometheusFacts.Of(desired, live, decision);
}
