using GitOpsOperator.Sandbox.Dns;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Controllers.Services;

/// <summary>The two objects that tell of a Service's pods. Pure; the same pods give the same objects.</summary>
internal static class ServiceEndpoints
{
    public static V1Endpoints Endpoints(V1Service service, IEnumerable<V1Pod> pods)
    {
        var selected = ServiceRecords.Selected(service, pods).ToList();
        return new()
        {
            ApiVersion = "v1",
            Kind = "Endpoints",
            Metadata = Metadata(service, service.Metadata.Labels),
            Subsets =
                selected.Count == 0
                    ? null
                    :
                    [
                        // Where target ports are named, pods of one Service may listen on different numbers; each number is a subset of its
                        // own.
                        .. selected
                            .GroupBy(pod => string.Join(',', Ports(service, pod).Select(port => $"{port.Name}:{port.Number}")))
                            .OrderBy(group => group.Key, StringComparer.Ordinal)
                            .Select(group => new V1EndpointSubset
                            {
                                Addresses = Addresses(service, group.Where(pod => ServiceRecords.Serves(service, pod))),
                                NotReadyAddresses = Addresses(service, group.Where(pod => !ServiceRecords.Serves(service, pod))),
                                Ports =
                                [
                                    .. Ports(service, group.First())
                                        .Select(port => new Corev1EndpointPort
                                        {
                                            Name = port.Name,
                                            Port = port.Number,
                                            Protocol = port.Protocol,
                                        }),
                                ],
                            }),
                    ],
        };
    }

    public static V1EndpointSlice Slice(V1Service service, IEnumerable<V1Pod> pods)
    {
        var selected = ServiceRecords.Selected(service, pods).ToList();
        var labels = new Dictionary<string, string>(service.Metadata.Labels ?? new Dictionary<string, string>())
        {
            ["kubernetes.io/service-name"] = service.Metadata.Name,
            ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io",
        };
        return new()
        {
            ApiVersion = "discovery.k8s.io/v1",
            Kind = "EndpointSlice",
            Metadata = Metadata(service, labels),
            AddressType = "IPv4",
            Endpoints =
            [
                .. selected.Select(pod => new V1Endpoint
                {
                    Addresses = [pod.Status.PodIP],
                    Conditions = new V1EndpointConditions
                    {
                        Ready = ServiceRecords.Serves(service, pod),
                        Serving = ServiceRecords.IsReady(pod),
                        Terminating = pod.Metadata.DeletionTimestamp is not null,
                    },
                    Hostname = Hostname(service, pod),
                    NodeName = pod.Spec.NodeName,
                    TargetRef = Reference(pod),
                }),
            ],
            Ports =
                selected.Count == 0
                    ? []
                    :
                    [
                        .. Ports(service, selected[0])
                            .Select(port => new Discoveryv1EndpointPort
                            {
                                Name = port.Name,
                                Port = port.Number,
                                Protocol = port.Protocol,
                            }),
                    ],
        };
    }

    private static V1ObjectMeta Metadata(V1Service service, IDictionary<string, string>? labels) =>
        new()
        {
            Name = service.Metadata.Name,
            NamespaceProperty = service.Metadata.NamespaceProperty,
            Labels = labels,
            OwnerReferences =
            [
                new V1OwnerReference
                {
                    ApiVersion = "v1",
                    Kind = "Service",
                    Name = service.Metadata.Name,
                    Uid = service.Metadata.Uid,
                    Controller = true,
                },
            ],
        };

    private static List<V1EndpointAddress>? Addresses(V1Service service, IEnumerable<V1Pod> pods)
    {
        var addresses = pods.Select(pod => new V1EndpointAddress
            {
                Ip = pod.Status.PodIP,
                Hostname = Hostname(service, pod),
                NodeName = pod.Spec.NodeName,
                TargetRef = Reference(pod),
            })
            .ToList();
        return addresses.Count == 0 ? null : addresses;
    }

    private static string? Hostname(V1Service service, V1Pod pod) =>
        pod.Spec.Subdomain == service.Metadata.Name ? pod.Spec.Hostname ?? pod.Metadata.Name : null;

    private static V1ObjectReference Reference(V1Pod pod) =>
        new()
        {
            Kind = "Pod",
            Name = pod.Metadata.Name,
            NamespaceProperty = pod.Metadata.NamespaceProperty,
            Uid = pod.Metadata.Uid,
        };

    private static IEnumerable<(string? Name, int Number, string Protocol)> Ports(V1Service service, V1Pod pod) =>
        (service.Spec.Ports ?? []).Select(port => ((string?)port.Name, ServiceRecords.ContainerPort(pod, port), port.Protocol ?? "TCP"));
}
