using System.Net;
using GitOpsOperator.Sandbox.Watches;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Controllers.Services;

/// <summary>
/// Says which pods stand behind each Service, as Endpoints and as an EndpointSlice: what Prometheus' service discovery follows. An ordinary
/// API client; a real API server has a controller of its own for it. Both objects go with their Service, by owner reference.
/// </summary>
internal sealed class EndpointsController
{
    private const string Manager = "endpoints-controller";
    private readonly IKubernetes _client;
    private readonly ClusterView _view;
    private readonly ControllerLoop<V1Service> _loop;
    private readonly Dictionary<string, string> _written = [];

    public EndpointsController(IKubernetes client, ClusterView view, TimeProvider time, ILogger logger)
    {
        (_client, _view) = (client, view);
        _loop = new ControllerLoop<V1Service>(view, view.Services, time, logger).WokenBy(view.Pods).WokenBy(view.Services);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(WriteAsync, cancellationToken);

    private async Task WriteAsync(V1Service service, CancellationToken cancellationToken)
    {
        if (service.Spec.Selector is not { Count: > 0 } || service.Metadata.DeletionTimestamp is not null)
        {
            return;
        }

        var (endpoints, slice) = (ServiceEndpoints.Endpoints(service, _view.Pods.All), ServiceEndpoints.Slice(service, _view.Pods.All));
        var key = $"{service.Metadata.Uid}";
        var text = KubernetesJson.Serialize(endpoints) + KubernetesJson.Serialize(slice);
        if (_written.GetValueOrDefault(key) == text)
        {
            return;
        }

        var (name, @namespace) = (service.Metadata.Name, service.Metadata.NamespaceProperty);
        try
        {
            await _client.CoreV1.PatchNamespacedEndpointsAsync(
                new V1Patch(endpoints, V1Patch.PatchType.ApplyPatch),
                name,
                @namespace,
                fieldManager: Manager,
                force: true,
                cancellationToken: cancellationToken
            );
            await _client.DiscoveryV1.PatchNamespacedEndpointSliceAsync(
                new V1Patch(slice, V1Patch.PatchType.ApplyPatch),
                name,
                @namespace,
                fieldManager: Manager,
                force: true,
                cancellationToken: cancellationToken
            );
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            // Its namespace has gone, and the Service with it.
            return;
        }

        _written[key] = text;
    }
}
