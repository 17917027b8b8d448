using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Live.Access;
using GitOpsOperator.Domains.Prometheus.Rendering;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Reconcile.Writing;

namespace GitOpsOperator.Domains.Prometheus.Steps;

/// <summary>What a step works on and with: what is desired, what was seen, and the clients.</summary>
internal sealed record PrometheusExecution(
    PrometheusDesired Desired,
    PrometheusLive Live,
    OwnedObjects Objects,
    KubernetesView View,
    PrometheusEndpoints Endpoints,
    PrometheusObserver Observer,
    ILeadership Leadership
)
{
    public PrometheusNames Names => new(Desired.Cluster);

    public ObjectKey Key(string name) => new(Desired.Cluster.Namespace, name);

    /// <summary>Writes down what has to be known after a restart of the operator.</summary>
    public async Task<StepOutcome> RememberAsync(PrometheusLive remembered, CancellationToken cancellationToken)
    {
        await Objects.ApplyAsync(Objects.Kinds.Secrets, PrometheusRendering.Confirmed(Desired, remembered), cancellationToken);
        return new StepOutcome.Done();
    }
}
