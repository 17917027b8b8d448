using System.Collections.Immutable;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Comparison;
using GitOpsOperator.Drift.Ledger;
using GitOpsOperator.Reconcile.Deciding;
using GitOpsOperator.Reconcile.Plans;
using GitOpsOperator.Reconcile.Reporting;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Reconcile.Modules;

/// <summary>
/// What a domain knows, in the engine's terms: how its clusters are observed, what is decided on them, how a step is carried out and what
/// is said of all that. The engine makes loops, plans, statuses and drift reports of it.
/// </summary>
public abstract class ClusterDomain<TDesired, TLive, TStep>(DomainServices services, KubernetesView view) : IClusterDomain, IAsyncDisposable
    where TDesired : class, IDesired
    where TLive : class
    where TStep : class, IStep<TLive>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ClusterKey, DomainControl<TDesired, TLive, TStep>> _controls = [];

    /// <inheritdoc/>
    public abstract string Domain { get; }

    /// <inheritdoc/>
    public virtual ViewAge? Stale => View.Stale;

    /// <summary>The watches of what the domain's clusters consist of.</summary>
    protected internal KubernetesView View { get; } = view;

    protected internal DomainServices Services { get; } = services;

    /// <param name="before">What was desired before, in this life of the operator; null where nothing was.</param>
    protected internal abstract TDesired DesiredOf(ClusterDocument document, DocumentSource source, TDesired? before);

    /// <summary>What was last accepted, as it stands beside the live cluster; null where the domain keeps no such thing there.</summary>
    protected internal virtual TDesired? Accepted(ClusterKey cluster, string repository) => null;

    /// <summary>Looks at the cluster; changes nothing. The times of what differs are not known yet.</summary>
    protected internal abstract Task<TLive> ObserveAsync(TDesired desired, CancellationToken cancellationToken);

    /// <summary>As <see cref="ObserveAsync"/>, for a plan.</summary>
    /// <param name="seen">What the cluster's own loop saw last, at most one resync ago; null where it has not looked.</param>
    protected virtual Task<TLive> ObserveForPlanAsync(TDesired desired, TLive? seen, CancellationToken cancellationToken) =>
        ObserveAsync(desired, cancellationToken);

    protected internal abstract ImmutableArray<DriftFact> DriftsOf(TLive live);

    protected internal abstract TLive WithDrifts(TLive live, ImmutableArray<DriftFact> drifts);

    /// <summary>The decision, with the id of the rule that made it. Pure.</summary>
    protected internal abstract (Decision<TStep> Decision, string Rule) Decide(TDesired desired, TLive live);

    /// <summary>Carries out one step on what was seen. It may be stopped anywhere and asked for again.</summary>
    /// <param name="observedAt">Monotonic time (<see cref="TimeProvider.GetTimestamp"/>) just before the cluster was observed.</param>
    protected internal abstract Task<StepOutcome> ExecuteAsync(
        TDesired desired,
        TLive live,
        long observedAt,
        TStep step,
        CancellationToken cancellationToken
    );

    /// <summary>The cluster is worse off than it should be: others' turn comes after it.</summary>
    protected internal abstract bool IsUrgent(TLive live);

    /// <summary>How soon time alone will make another observation of this one; null where it will not.</summary>
    protected internal virtual TimeSpan? DueIn(TLive live) => null;

    /// <param name="note">Why the step that was decided is not done yet; null where it is.</param>
    protected internal abstract ClusterReport Report(TDesired desired, TLive live, Decision<TStep> decision, string? note);

    /// <summary>Entries of drift, with what becomes of them in the mode that the cluster is in.</summary>
    protected internal abstract ImmutableArray<DriftEntry> Explain(TDesired desired, ImmutableArray<DriftEntry> entries);

    protected abstract PlanForecast Plan(TDesired desired, TLive live);

    /// <summary>What a pass was decided on, as it is recorded. It must hold no secret.</summary>
    protected internal abstract object Facts(TDesired desired, TLive live, Decision<TStep> decision);

    /// <summary>Keeps what is needed to notice changes of the cluster, until it is disposed of; null where nothing is.</summary>
    protected internal virtual IDisposable? Hold(TDesired desired) => null;

    /// <inheritdoc/>
    public virtual Task WaitSyncedAsync(CancellationToken cancellationToken) => View.WaitSyncedAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual ImmutableArray<ClusterKey> MadeFrom(string repository) => View.ClustersMadeFrom(repository, Domain);

    /// <inheritdoc/>
    public abstract bool IsChange(ClusterDocument document);

    /// <inheritdoc/>
    public IClusterControl Control(ClusterKey cluster, Action changed)
    {
        var control = new DomainControl<TDesired, TLive, TStep>(this, cluster, changed);
        lock (_gate)
        {
            _controls[cluster] = control;
        }

        return control;
    }

    /// <inheritdoc/>
    public async Task<PlanView> PlanAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken)
    {
        var desired = DesiredOf(document, source, before: null);
        var live = await ObserveForPlanAsync(desired, Seen(document.Key), cancellationToken);
        return PlanView.Of(Plan(desired, live), source);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<DriftEntry>> DriftsAsync(
        ClusterDocument document,
        DocumentSource source,
        CancellationToken cancellationToken
    )
    {
        var desired = DesiredOf(document, source, before: null);
        var ledger = new DriftLedger(new(), Services.Time);
        ledger.Take(DriftsOf(await ObserveAsync(desired, cancellationToken)));
        return Explain(desired, ledger.Entries);
    }

    /// <inheritdoc/>
    public virtual async Task<string> ExplainAsync(ClusterDocument document, DocumentSource source, CancellationToken cancellationToken) =>
        (await PlanAsync(document, source, cancellationToken)).Text;

    /// <summary>Closes what the domain has opened. Called once, after the last loop has ended.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A control's loop has ended: nothing of it is kept, unless another has taken its place.</summary>
    internal void End(ClusterKey cluster, DomainControl<TDesired, TLive, TStep> control)
    {
        lock (_gate)
        {
            if (_controls.TryGetValue(cluster, out var current) && current == control)
            {
                _controls.Remove(cluster);
            }
        }

        Reset(cluster);
    }

    /// <summary>The cluster's loop has ended: what was kept of it for the next look is dropped.</summary>
    protected virtual void Reset(ClusterKey cluster) { }

    private TLive? Seen(ClusterKey cluster)
    {
        lock (_gate)
        {
            return _controls.GetValueOrDefault(cluster)?.Live;
        }
    }
}
