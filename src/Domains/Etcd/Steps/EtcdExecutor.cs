using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Live.Access;
using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Reconcile.Steps;
using GitOpsOperator.Reconcile.Writing;
using k8s;

namespace GitOpsOperator.Domains.Etcd.Steps;

/// <summary>Carries out one step, and tells what a working world may refuse from what has gone wrong.</summary>
public sealed class EtcdExecutor(
    IKubernetes client,
    KubernetesView view,
    EtcdEndpoints endpoints,
    EtcdExecutorOptions options,
    TimeProvider time
)
{
    private readonly OwnedObjects _objects = new(client, view, options.Leadership, time);
    private readonly EtcdRecordStore _records = new(client, options.Writer);

    /// <param name="observedAt">
    /// Monotonic time (<see cref="TimeProvider.GetTimestamp"/>) just before <paramref name="live"/> was observed.
    /// </param>
    public async Task<StepOutcome> ExecuteAsync(
        EtcdDesired desired,
        EtcdLive live,
        long observedAt,
        EtcdStep step,
        CancellationToken cancellationToken
    )
    {
        var inForce = desired with { Source = live.Record?.Accepted ?? desired.Source };
        var execution = new EtcdExecution(inForce, live, _objects, _records, endpoints, EnsureFresh);
        try
        {
            options.Leadership.EnsureLeader();
            return await step.ExecuteAsync(execution, cancellationToken);
        }
        catch (Exception e)
            when (TransientWriteError.IsNotYet(e) || e is StaleObservationException or EtcdCallException { Failure: not EtcdFailure.Fault })
        {
            return new StepOutcome.NotYet(e.Message);
        }

        void EnsureFresh()
        {
            options.Leadership.EnsureLeader();
            var age = time.GetElapsedTime(observedAt);
            if (age > options.Freshness)
            {
                throw new StaleObservationException(live.Cluster, age, options.Freshness);
            }
        }
    }
}
