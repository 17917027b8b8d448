using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Live.Access;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Reconcile.Writing;
using k8s;

namespace GitOpsOperator.Domains.Prometheus.Steps;

/// <summary>Carries out one step, and tells what a working world may refuse from what has gone wrong.</summary>
public sealed class PrometheusExecutor(
    IKubernetes client,
    KubernetesView view,
    PrometheusEndpoints endpoints,
    PrometheusObserver observer,
    ILeadership leadership,
    TimeProvider time
)
{
    private readonly OwnedObjects _objects = new(client, view, leadership, time);

    public async Task<StepOutcome> ExecuteAsync(
        PrometheusDesired desired,
        PrometheusLive live,
        PrometheusStep step,
        CancellationToken cancellationToken
    )
    {
        try
        {
            leadership.EnsureLeader();
            var execution = new PrometheusExecution(desired, live, _objects, view, endpoints, observer, leadership);
            return await step.ExecuteAsync(execution, cancellationToken);
        }
        catch (Exception e) when (TransientWriteError.IsNotYet(e) || e is PrometheusCallException)
        {
            return new StepOutcome.NotYet(e.Message);
        }
    }
}
