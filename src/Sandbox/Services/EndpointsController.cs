using System.Net;
using GitOpsOperator.Sandbox.Watches;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace GitOpsOperator.Sandbox.Services;

/// <summary>
/// Says which pods stand behind each Service, as Endpoints and as an EndpointSlice: what Prometheus' service discovery follows. An ordinary
/// API client; a real API server has a controller of its own for it. Both objects go with their Service, by owner reference.
/// </summary>
internal sealed class EndpointsController
{
    private const string Manager = "endpoints-controller";
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly IKubernetes _client;
    private readonly ClusterView _view;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ChangeSignal _changed = new();
    private readonly Dictionary<string, string> _written = [];

    public EndpointsController(IKubernetes client, ClusterView view, TimeProvider time, ILogger logger)
    {
        (_client, _view, _time, _logger) = (client, view, time, logger);
        view.Pods.Notify(_changed.Set);
        view.Services.Notify(_changed.Set);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _view.AllListed.WaitAsync(cancellationToken);
        while (true)
        {
            var failed = false;
            foreach (var service in _view.Services.All.Where(service => service.Spec.Selector is { Count: > 0 } && service.Metadata.DeletionTimestamp is null))
            {
                try
                {
                    await WriteAsync(service, cancellationToken);
                }
                catch (Exception e) when (e is HttpOperationException or HttpRequestException)
                {
                    failed = true;
                    _logger.LogWarning("endpoints of Service {Namespace}/{Name}: {Reason} {Answer}; tried again",
                        service.Metadata.NamespaceProperty, service.Metadata.Name, e.Message, (e as HttpOperationException)?.Response.Content);
                }
            }

            await (failed ? _changed.WaitAsync(Retry, _time, cancellationToken) : _changed.WaitAsync(cancellationToken));
        }
    }

    private async Task WriteAsync(V1Service service, CancellationToken cancellationToken)
    {
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
                new V1Patch(endpoints, V1Patch.PatchType.ApplyPatch), name, @namespace, fieldManager: Manager, force: true, cancellationToken: cancellationToken);
            await _client.DiscoveryV1.PatchNamespacedEndpointSliceAsync(
                new V1Patch(slice, V1Patch.PatchType.ApplyPatch), name, @namespace, fieldManager: Manager, force: true, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            // Its namespace has gone, and the Service with it.
            return;
        }

        _written[key] = text;
    }
}
