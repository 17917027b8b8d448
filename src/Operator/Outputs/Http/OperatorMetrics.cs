using System.Diagnostics.Metrics;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Operator.State;
using GitOpsOperator.Reconcile.Modules;
using GitOpsOperator.Reconcile.Reporting;

namespace GitOpsOperator.Operator.Outputs.Http;

/// <summary>
/// What is true of repositories and clusters when somebody asks. Names and tags are part of what the operator promises; see
/// docs/metrics.md. A standby has no repositories in step and no clusters, and says so by <c>leader</c> 0.
/// </summary>
internal sealed class OperatorMetrics : IDisposable
{
    public const string MeterName = "GitOpsOperator.Operator";

    private readonly Meter _meter = new(MeterName);
    private readonly OperatorState _state;
    private readonly TimeProvider _time;

    public OperatorMetrics(OperatorState state, IReadOnlyCollection<IClusterDomain> domains, KubernetesCache cache, TimeProvider time)
    {
        (_state, _time) = (state, time);
        _meter.CreateObservableGauge("gitops_operator.leader", () => state.Leadership.Holds ? 1 : 0, null, "1 on the active replica");
        _meter.CreateObservableGauge(
            "gitops_operator.watch.staleness",
            () => domains.Select(domain => Of(StalenessOf(domain), ("domain", domain.Domain))),
            "s",
            "For how long live state has been too old to be decided on; 0 while it is fresh enough"
        );
        _meter.CreateObservableGauge(
            "gitops_operator.cache.age",
            () => cache.Kinds.Where(kind => kind.Age is not null).Select(kind => Of(kind.Age!.Age.TotalSeconds, ("kind", kind.Kind))),
            "s",
            "How old what is known of the kind may be"
        );
        _meter.CreateObservableGauge(
            "gitops_operator.sync.age",
            SyncAges,
            "s",
            "Time since the repository was last polled without an error"
        );
        _meter.CreateObservableGauge("gitops_operator.repository.error", Errors, null, "1 while the repository cannot be followed");
        _meter.CreateObservableGauge(
            "gitops_operator.repository.fault",
            Errors,
            null,
            "The name until 0.1 of gitops_operator_repository_error"
        );
        _meter.CreateObservableGauge(
            "gitops_operator.repository.revision.info",
            Revisions,
            null,
            "Always 1; the revision whose documents are followed"
        );
        _meter.CreateObservableGauge(
            "gitops_operator.repository.findings",
            Findings,
            null,
            "What was found wrong in the repository's documents"
        );
        _meter.CreateObservableGauge(
            "gitops_operator.cluster.phase",
            Phases,
            null,
            "1 for the phase that the cluster is in, 0 for the others"
        );
        _meter.CreateObservableGauge("gitops_operator.cluster.members", Members, null, "Members of the cluster, by health");
        _meter.CreateObservableGauge("gitops_operator.cluster.drifts", Drifts, null, "Differences from git that live state has now");
        _meter.CreateObservableGauge("gitops_operator.cluster.blocked.info", Blockers, null, "Always 1; the rule that blocks the cluster");
        _meter.CreateObservableGauge(
            "gitops_operator.cluster.refusal.info",
            Blockers,
            null,
            "The name until 0.1 of gitops_operator_cluster_blocked_info"
        );
    }

    private IEnumerable<KnownRepository> Repositories => _state.Repositories.All;

    private IEnumerable<ClusterReport> Clusters => _state.Clusters.All;

    public void Dispose() => _meter.Dispose();

    private static double StalenessOf(IClusterDomain domain) => domain.Stale is { } stale ? stale.Age.TotalSeconds : 0;

    private IEnumerable<Measurement<double>> SyncAges() =>
        from repository in Repositories
        where repository.LastPolled is not null
        select Of(_time.GetElapsedTime(repository.LastPolled!.Value).TotalSeconds, ("repository", repository.Name));

    private IEnumerable<Measurement<int>> Errors() =>
        Repositories.Select(repository => Of(repository.Report.Error is null ? 0 : 1, ("repository", repository.Name)));

    private IEnumerable<Measurement<int>> Revisions() =>
        from repository in Repositories
        where repository.Applied is not null
        select Of(1, ("repository", repository.Name), ("revision", repository.Applied!.Revision));

    private IEnumerable<Measurement<int>> Findings() =>
        from repository in Repositories
        from severity in Enum.GetValues<Specs.FindingSeverity>()
        select Of(
            repository.Report.Findings.Count(finding => finding.Severity == severity),
            ("repository", repository.Name),
            ("severity", Word(severity))
        );

    private IEnumerable<Measurement<int>> Phases() =>
        from cluster in Clusters
        from phase in Enum.GetValues<ClusterPhase>()
        select Of(cluster.Phase == phase ? 1 : 0, cluster, ("phase", Word(phase)));

    private IEnumerable<Measurement<int>> Members() =>
        from cluster in Clusters
        from healthy in (bool[])[true, false]
        select Of(cluster.Members.Count(member => member.Healthy == healthy), cluster, ("healthy", healthy ? "true" : "false"));

    private IEnumerable<Measurement<int>> Drifts() =>
        Clusters.Select(cluster => Of(cluster.Drifts.Count(drift => drift.CuredAt is null), cluster));

    private IEnumerable<Measurement<int>> Blockers() =>
        from cluster in Clusters
        where cluster.Blocker is not null
        select Of(1, cluster, ("rule", cluster.Blocker!.Rule));

    private static Measurement<int> Of(int value, ClusterReport cluster, params (string Name, string Value)[] tags) =>
        Of(
            value,
            [
                ("domain", cluster.Cluster.Domain),
                ("cluster_namespace", cluster.Cluster.Namespace),
                ("cluster", cluster.Cluster.Name),
                .. tags,
            ]
        );

    private static Measurement<T> Of<T>(T value, params (string Name, string Value)[] tags)
        where T : struct => new(value, tags.Select(tag => new KeyValuePair<string, object?>(tag.Name, tag.Value)));

#pragma warning disable CA1308 // Label values are lower-case words.
    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
