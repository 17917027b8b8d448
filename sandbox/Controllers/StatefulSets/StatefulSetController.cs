using System.Net;
using GitOpsOperator.Sandbox.Watches;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Controllers.StatefulSets;

/// <summary>
/// Makes the pods and claims of StatefulSets. An ordinary API client: against a real API server, that server's own controller
/// does this instead.
/// </summary>
internal sealed class StatefulSetController
{
    private readonly IKubernetes _client;
    private readonly ClusterView _view;
    private readonly ILogger _logger;
    private readonly ControllerLoop<V1StatefulSet> _loop;
    private readonly HashSet<string> _foreignSaid = [];

    public StatefulSetController(IKubernetes client, ClusterView view, TimeProvider time, ILogger logger)
    {
        (_client, _view, _logger) = (client, view, logger);
        _loop = new ControllerLoop<V1StatefulSet>(view, view.StatefulSets, time, logger).WokenBy(view.Pods).WokenBy(view.StatefulSets);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(ReconcileAsync, cancellationToken);

    private async Task ReconcileAsync(V1StatefulSet set, CancellationToken cancellationToken)
    {
        // A set that is being deleted makes nothing more; its pods go by owner reference.
        if (set.Metadata.DeletionTimestamp is not null)
        {
            return;
        }

        var revision = TemplateRevision.Of(set);
        var pods = _view.Pods.All.Where(pod => pod.Metadata.NamespaceProperty == set.Metadata.NamespaceProperty).ToList();
        if (pods.Where(pod => MayBeAdopted(set, pod)).ToList() is { Count: > 0 } orphans)
        {
            foreach (var orphan in orphans)
            {
                await ControllerPods.AdoptAsync(
                    _client,
                    orphan,
                    ControllerPods.Reference("StatefulSet", set.Metadata),
                    () =>
                        _client.AppsV1.ReadNamespacedStatefulSetAsync(
                            set.Metadata.Name,
                            set.Metadata.NamespaceProperty,
                            cancellationToken: cancellationToken
                        ),
                    cancellationToken
                );
            }

            // The watch brings them back as this set's own.
            return;
        }

        var actions = StatefulSetPlan.Next(set, pods, revision);
        foreach (var foreign in actions.Foreign.Where(name => _foreignSaid.Add($"{set.Metadata.NamespaceProperty}/{name}")))
        {
            _logger.LogWarning(
                "StatefulSet {Namespace}/{Name} cannot make its pod {Pod}: a pod of that name exists and belongs to another "
                    + "owner; delete it",
                set.Metadata.NamespaceProperty,
                set.Metadata.Name,
                foreign
            );
        }

        foreach (var pod in actions.Delete)
        {
            await ControllerPods.DeleteAsync(_client, pod, cancellationToken);
        }

        foreach (var ordinal in actions.Create)
        {
            await CreateAsync(set, ordinal, revision, cancellationToken);
        }

        await WriteStatusAsync(
            set,
            [.. pods.Where(pod => ControllerPods.IsOwnedBy(pod.Metadata, set.Metadata))],
            revision,
            cancellationToken
        );
    }

    /// <summary>As Kubernetes does: a pod that matches, has the name of one of the set's, and belongs to nobody, is taken over.</summary>
    private static bool MayBeAdopted(V1StatefulSet set, V1Pod pod) =>
        pod.Metadata.DeletionTimestamp is null
        && pod.Metadata.OwnerReferences?.Any(owner => owner.Controller == true) is not true
        && SetPod.Ordinal(set, pod.Metadata.Name) is not null
        && set.Spec.Selector.MatchLabels is { Count: > 0 } labels
        && labels.All(label => pod.GetLabel(label.Key) == label.Value);

    private async Task CreateAsync(V1StatefulSet set, int ordinal, string revision, CancellationToken cancellationToken)
    {
        var @namespace = set.Metadata.NamespaceProperty;
        foreach (var template in set.Spec.VolumeClaimTemplates ?? [])
        {
            if (_view.Claims.Get(@namespace, SetPod.ClaimName(set, template, ordinal)) is null)
            {
                await UnlessThereAsync(() =>
                    _client.CoreV1.CreateNamespacedPersistentVolumeClaimAsync(
                        SetPod.RenderClaim(set, template, ordinal),
                        @namespace,
                        cancellationToken: cancellationToken
                    )
                );
            }
        }

        await UnlessThereAsync(() =>
            _client.CoreV1.CreateNamespacedPodAsync(SetPod.Render(set, ordinal, revision), @namespace, cancellationToken: cancellationToken)
        );
    }

    private async Task WriteStatusAsync(V1StatefulSet set, List<V1Pod> pods, string revision, CancellationToken cancellationToken)
    {
        var live = pods.Where(pod => pod.Metadata.DeletionTimestamp is null).ToList();
        var updated = live.Count(pod => StatefulSetPlan.IsOf(pod, revision));
        var current = set.Status?.CurrentRevision ?? revision;

        // Kubernetes moves the current revision on at the end of a rolling update only; with OnDelete it stays at the first.
        if (set.Spec.UpdateStrategy?.Type != "OnDelete" && updated == live.Count)
        {
            current = revision;
        }

        var ready = live.Count(StatefulSetPlan.IsReady);
        var status = new V1StatefulSetStatus
        {
            ObservedGeneration = set.Metadata.Generation,
            Replicas = live.Count,
            ReadyReplicas = ready,
            AvailableReplicas = ready,
            UpdatedReplicas = updated,
            CurrentReplicas = live.Count(pod => StatefulSetPlan.IsOf(pod, current)),
            CurrentRevision = current,
            UpdateRevision = revision,
            CollisionCount = 0,
        };
        if (KubernetesJson.Serialize(status) == KubernetesJson.Serialize(set.Status))
        {
            return;
        }

        try
        {
            await _client.AppsV1.PatchNamespacedStatefulSetStatusAsync(
                new V1Patch(new { status }, V1Patch.PatchType.MergePatch),
                set.Metadata.Name,
                set.Metadata.NamespaceProperty,
                cancellationToken: cancellationToken
            );
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound)
        {
            // Deleted in the meantime.
        }
    }

    // The cache may lag behind our own last write; the name is the same each time, so the server's refusal is the answer.
    private static async Task UnlessThereAsync<T>(Func<Task<T>> create)
    {
        try
        {
            await create();
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict) { }
    }
}
