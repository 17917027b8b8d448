using System.Net;
using GitOpsOperator.Sandbox.Controllers.StatefulSets;
using GitOpsOperator.Sandbox.Watches;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Controllers.Deployments;

/// <summary>Makes the pods of Deployments. An ordinary API client: against a real API server, that server's own controller does this
/// instead.</summary>
internal sealed class DeploymentController
{
    /// <summary>A pod that has not been seen by then has come and gone.</summary>
    private static readonly TimeSpan CacheLag = TimeSpan.FromSeconds(5);

    private readonly IKubernetes _client;
    private readonly ClusterView _view;
    private readonly TimeProvider _time;
    private readonly ControllerLoop<V1Deployment> _loop;

    /// <summary>When a pod was made that is not in the cache yet, by its Deployment: names are the server's, so it cannot refuse a second
    /// one.</summary>
    private readonly Dictionary<string, (string Pod, long At)> _expected = [];

    public DeploymentController(IKubernetes client, ClusterView view, TimeProvider time, ILogger logger)
    {
        (_client, _view, _time) = (client, view, time);
        _loop = new ControllerLoop<V1Deployment>(view, view.Deployments, time, logger).WokenBy(view.Pods).WokenBy(view.Deployments);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(ReconcileAsync, cancellationToken);

    private async Task ReconcileAsync(V1Deployment deployment, CancellationToken cancellationToken)
    {
        // One that is being deleted makes nothing more; its pods go by owner reference.
        if (deployment.Metadata.DeletionTimestamp is not null)
        {
            return;
        }

        var pods = _view.Pods.All.Where(pod => ControllerPods.IsOwnedBy(pod.Metadata, deployment.Metadata)).ToList();
        var hash = TemplateRevision.Hash(deployment.Spec.Template);
        var actions = DeploymentPlan.Next(deployment, pods, hash);
        foreach (var pod in actions.Delete)
        {
            await ControllerPods.DeleteAsync(_client, pod, cancellationToken);
        }

        // One at a time: the next look, which the pod's own appearance brings about, makes the next.
        if (actions.Create > 0 && !IsExpected(deployment, pods))
        {
            var created = await _client.CoreV1.CreateNamespacedPodAsync(
                DeploymentPlan.Render(deployment, hash),
                deployment.Metadata.NamespaceProperty,
                cancellationToken: cancellationToken
            );
            _expected[deployment.Metadata.Uid] = (created.Metadata.Uid, _time.GetTimestamp());
        }

        await WriteStatusAsync(deployment, pods, hash, cancellationToken);
    }

    private bool IsExpected(V1Deployment deployment, List<V1Pod> pods) =>
        _expected.TryGetValue(deployment.Metadata.Uid, out var made)
        && pods.TrueForAll(pod => pod.Metadata.Uid != made.Pod)
        && _time.GetElapsedTime(made.At) < CacheLag;

    private async Task WriteStatusAsync(V1Deployment deployment, List<V1Pod> pods, string hash, CancellationToken cancellationToken)
    {
        var live = pods.Where(pod => pod.Metadata.DeletionTimestamp is null).ToList();
        var ready = live.Count(StatefulSetPlan.IsReady);
        var status = new V1DeploymentStatus
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = live.Count,
            UpdatedReplicas = live.Count(pod => DeploymentPlan.IsOf(pod, hash)),
            ReadyReplicas = ready,
            AvailableReplicas = ready,
            UnavailableReplicas = Math.Max(0, (deployment.Spec.Replicas ?? 1) - ready),
        };
        if (KubernetesJson.Serialize(status) == KubernetesJson.Serialize(deployment.Status ?? new()))
        {
            return;
        }

        try
        {
            await _client.AppsV1.PatchNamespacedDeploymentStatusAsync(
                new V1Patch(new { status }, V1Patch.PatchType.MergePatch),
                deployment.Metadata.Name,
                deployment.Metadata.NamespaceProperty,
                cancellationToken: cancellationToken
            );
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound)
        {
            // Deleted in the meantime.
        }
    }
}
