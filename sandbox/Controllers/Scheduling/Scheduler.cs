using System.Net;
using GitOpsOperator.Sandbox.Watches;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Controllers.Scheduling;

/// <summary>Gives every pod that has none a node, and its volumes with it. An ordinary API client, as Kubernetes' own.</summary>
internal sealed class Scheduler
{
    private readonly IKubernetes _client;
    private readonly ClusterView _view;
    private readonly TimeProvider _time;
    private readonly ControllerLoop<V1Pod> _loop;

    // What the watch does not show yet: two pods that are to keep apart may come at once.
    private readonly Dictionary<string, string> _bound = [];

    // Those of which a claim has no volume yet: Kubernetes' scheduler tells a node of a pod when its volumes are there.
    private readonly HashSet<string> _waiting = [];

    public Scheduler(IKubernetes client, ClusterView view, TimeProvider time, ILogger logger)
    {
        (_client, _view, _time) = (client, view, time);
        _loop = new ControllerLoop<V1Pod>(view, view.Pods, time, logger).WokenBy(view.Pods).WokenBy(view.Claims).WokenBy(view.Nodes);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(ScheduleAsync, cancellationToken);

    private async Task ScheduleAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(pod.Spec.NodeName))
        {
            _bound.Remove(pod.Metadata.Uid);
            _waiting.Remove(pod.Metadata.Uid);
            return;
        }

        if (pod.Metadata.DeletionTimestamp is not null || (_bound.ContainsKey(pod.Metadata.Uid) && !_waiting.Contains(pod.Metadata.Uid)))
        {
            return;
        }

        // Decided already; the pod itself counts as being there.
        var placement = _waiting.Contains(pod.Metadata.Uid)
            ? new(_bound[pod.Metadata.Uid], null)
            : Placement.Of(pod, [.. _view.Nodes.All], Placed(), claim => _view.Claims.Get(pod.Metadata.NamespaceProperty, claim));
        try
        {
            await (
                placement.Node is { } node
                    ? BindAsync(pod, node, cancellationToken)
                    : RefuseAsync(pod, placement.Reason!, cancellationToken)
            );
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Gone or bound already: the watch will say.
        }
    }

    private List<PlacedPod> Placed()
    {
        var nodes = _view.Nodes.All.ToDictionary(node => node.Metadata.Name, StringComparer.Ordinal);
        return
        [
            .. _view
                .Pods.All.Where(pod => pod.Status?.Phase is not ("Succeeded" or "Failed"))
                .Select(pod =>
                    (Pod: pod, Node: pod.Spec.NodeName is { Length: > 0 } name ? name : _bound.GetValueOrDefault(pod.Metadata.Uid))
                )
                .Where(entry => entry.Node is not null && nodes.ContainsKey(entry.Node))
                .Select(entry => new PlacedPod(entry.Pod, nodes[entry.Node!])),
        ];
    }

    private async Task BindAsync(V1Pod pod, string node, CancellationToken cancellationToken)
    {
        var claims = Placement.Claims(pod).Select(name => _view.Claims.Get(pod.Metadata.NamespaceProperty, name)).ToList();
        _bound[pod.Metadata.Uid] = node;
        _waiting.Add(pod.Metadata.Uid);
        foreach (var claim in claims.OfType<V1PersistentVolumeClaim>().Where(claim => Placement.Home(claim) is null))
        {
            await _client.CoreV1.PatchNamespacedPersistentVolumeClaimAsync(
                new V1Patch(
                    new
                    {
                        metadata = new
                        {
                            uid = claim.Metadata.Uid,
                            annotations = new Dictionary<string, string> { [Placement.SelectedNode] = node },
                        },
                    },
                    V1Patch.PatchType.MergePatch
                ),
                claim.Metadata.Name,
                claim.Metadata.NamespaceProperty,
                cancellationToken: cancellationToken
            );
        }

        if (claims.Exists(claim => claim?.Status?.Phase != "Bound"))
        {
            return;
        }

        await _client.CoreV1.CreateNamespacedPodBindingAsync(
            new V1Binding
            {
                ApiVersion = "v1",
                Kind = "Binding",
                Metadata = new V1ObjectMeta
                {
                    Name = pod.Metadata.Name,
                    NamespaceProperty = pod.Metadata.NamespaceProperty,
                    Uid = pod.Metadata.Uid,
                },
                Target = new V1ObjectReference
                {
                    ApiVersion = "v1",
                    Kind = "Node",
                    Name = node,
                },
            },
            pod.Metadata.Name,
            pod.Metadata.NamespaceProperty,
            cancellationToken: cancellationToken
        );
        _waiting.Remove(pod.Metadata.Uid);
    }

    private async Task RefuseAsync(V1Pod pod, string reason, CancellationToken cancellationToken)
    {
        if (
            pod.Status?.Conditions?.Any(condition => condition is { Type: "PodScheduled", Status: "False" } && condition.Message == reason)
            == true
        )
        {
            return;
        }

        var condition = new V1PodCondition
        {
            Type = "PodScheduled",
            Status = "False",
            Reason = "Unschedulable",
            Message = reason,
            LastTransitionTime = _time.GetUtcNow().UtcDateTime,
        };
        await _client.CoreV1.PatchNamespacedPodStatusAsync(
            new V1Patch(new { status = new { conditions = new[] { condition } } }, V1Patch.PatchType.StrategicMergePatch),
            pod.Metadata.Name,
            pod.Metadata.NamespaceProperty,
            cancellationToken: cancellationToken
        );
    }
}
