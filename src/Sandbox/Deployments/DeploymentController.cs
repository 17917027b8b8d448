using System.Net;
using GitOpsOperator.Sandbox.StatefulSets;
using GitOpsOperator.Sandbox.Watches;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Deployments;

/// <summary>Makes the pods of Deployments. An ordinary API client: against a real API server, that server's own controller does this instead.</summary>
internal sealed class DeploymentController
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly IKubernetes _client;
    private readonly ClusterView _view;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ChangeSignal _changed = new();

    /// <summary>Made by us and not yet in the cache: names are the server's, so it cannot refuse a second one.</summary>
    private readonly HashSet<string> _expected = [];

    public DeploymentController(IKubernetes client, ClusterView view, TimeProvider time, ILogger logger)
    {
        (_client, _view, _time, _logger) = (client, view, time, logger);
        view.Pods.Notify(_changed.Set);
        view.Deployments.Notify(_changed.Set);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _view.AllListed.WaitAsync(cancellationToken);
        while (true)
        {
            var failed = false;
            foreach (var deployment in _view.Deployments.All)
            {
                try
                {
                    await ReconcileAsync(deployment, cancellationToken);
                }
                catch (Exception e) when (e is HttpOperationException or HttpRequestException)
                {
                    failed = true;
                    _logger.LogWarning("Deployment {Namespace}/{Name}: {Reason} {Answer}; tried again",
                        deployment.Metadata.NamespaceProperty, deployment.Metadata.Name, e.Message, (e as HttpOperationException)?.Response.Content);
                }
            }

            await (failed ? _changed.WaitAsync(Retry, _time, cancellationToken) : _changed.WaitAsync(cancellationToken));
        }
    }

    private async Task ReconcileAsync(V1Deployment deployment, CancellationToken cancellationToken)
    {
        // One that is being deleted makes nothing more; its pods go by owner reference.
        if (deployment.Metadata.DeletionTimestamp is not null)
        {
            return;
        }

        var pods = _view.Pods.All.Where(pod => DeploymentPlan.IsOwnedBy(pod, deployment)).ToList();
        _expected.ExceptWith(pods.Select(pod => pod.Metadata.Uid));
        var hash = DeploymentPlan.Hash(deployment);
        var actions = DeploymentPlan.Next(deployment, pods, hash);
        foreach (var pod in actions.Delete)
        {
            await DeleteAsync(pod, cancellationToken);
        }

        for (var made = 0; made < actions.Create && _expected.Count == 0; made++)
        {
            var created = await _client.CoreV1.CreateNamespacedPodAsync(DeploymentPlan.Render(deployment, hash), deployment.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            _expected.Add(created.Metadata.Uid);
            if (_view.Pods.Get(created.Metadata.NamespaceProperty, created.Metadata.Name) is not null)
            {
                _expected.Remove(created.Metadata.Uid);
            }
        }

        await WriteStatusAsync(deployment, pods, hash, cancellationToken);
    }

    private async Task DeleteAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            await _client.CoreV1.DeleteNamespacedPodAsync(
                pod.Metadata.Name, pod.Metadata.NamespaceProperty, new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } }, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Gone already: the watch will say.
        }
    }

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
                new V1Patch(new { status }, V1Patch.PatchType.MergePatch), deployment.Metadata.Name, deployment.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound)
        {
            // Deleted in the meantime.
        }
    }
}
