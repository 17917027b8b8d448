using GitOpsOperator.Reconcile.Comparing;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Reconcile.Etcd;

public sealed partial class EtcdExecutor
{
    private async Task<StepOutcome> PutBackAsync(Work work, EtcdStep.PutBack step, CancellationToken cancellationToken)
    {
        var rendered = EtcdDriftDetection.Render(work.Desired, work.Live, step);
        var renumbered = RenumberedPorts.Removal(work.Live.Drifts.Where(fact => fact.Target == step.Target));
        switch (rendered)
        {
            case V1Service service:
                await PutBackAsync(_objects.Services, service, renumbered, work, cancellationToken);
                break;
            case V1PodDisruptionBudget budget:
                await PutBackAsync(_objects.DisruptionBudgets, budget, renumbered, work, cancellationToken);
                break;
            case V1ConfigMap configMap:
                await PutBackAsync(_objects.ConfigMaps, configMap, renumbered, work, cancellationToken);
                break;
            case V1StatefulSet statefulSet:
                await PutBackAsync(_objects.StatefulSets, statefulSet, renumbered, work, cancellationToken);
                break;
            case V1Pod pod:
                // The StatefulSet's controller makes pods, so only labels are put back on one.
                await _objects.PatchAsync(
                    _objects.Pods, work.Key(pod.Metadata.Name), work.Owner, new { metadata = new { labels = pod.Metadata.Labels } }, cancellationToken);
                break;
            default:
                return new StepOutcome.NotYet($"{step.Target} is not there any more");
        }

        return Done;
    }

    private async Task PutBackAsync<T, TList>(WritableKind<T, TList> kind, T rendered, object? removal, Work work, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        where TList : IKubernetesObject<V1ListMeta>, IItems<T>
    {
        if (removal is not null)
        {
            await _objects.PatchAsync(kind, work.Key(rendered.Metadata.Name), work.Owner, removal, cancellationToken, V1Patch.PatchType.StrategicMergePatch);
        }

        await _objects.ApplyAsync(kind, rendered, cancellationToken);
    }
}
