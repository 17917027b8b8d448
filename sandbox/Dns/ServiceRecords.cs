using System.Globalization;
using System.Net;
using GitOpsOperator.Sandbox.Watches;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Dns;

/// <summary>One port of one pod behind a Service, as an SRV record names it.</summary>
internal sealed record ServiceTarget(string Host, int Port);

/// <summary>
/// What a cluster's DNS answers: a Service's name stands for the addresses of its ready pods, also where Kubernetes would give a
/// virtual address (there is none here), and a pod with hostname and subdomain has a name of its own under its headless Service.
/// </summary>
internal sealed class ServiceRecords(ObjectCache<V1Service> services, ObjectCache<V1Pod> pods)
{
    public const string ClusterDomain = "cluster.local";

    private static readonly string[] Zone = ["svc", "cluster", "local"];

    /// <summary>Addresses of a name; null when the name does not exist.</summary>
    public IReadOnlyList<IPAddress>? Addresses(string name)
    {
        var labels = name.TrimEnd('.').ToLowerInvariant().Split('.');
        if (labels.Length < Zone.Length || !labels.AsSpan(labels.Length - Zone.Length).SequenceEqual(Zone))
        {
            return null;
        }

        switch (labels[..^Zone.Length])
        {
            case [var service, var @namespace]:
                return services.Get(@namespace, service) is { } found ? [.. Endpoints(found).Select(Address)] : null;
            case [var host, var service, var @namespace]:
                if (services.Get(@namespace, service) is not { } headless)
                {
                    return null;
                }

                var matching = Endpoints(headless).Where(pod => Host(pod, service) == host).Select(Address).ToList();
                return matching.Count > 0 ? matching : null;
            default:
                return null;
        }
    }

    /// <summary>Targets of <c>_port._protocol.service.namespace.svc.cluster.local</c>; null when the name does not exist.</summary>
    public IReadOnlyList<ServiceTarget>? Targets(string name)
    {
        var labels = name.TrimEnd('.').ToLowerInvariant().Split('.');
        if (
            labels is not [['_', .. var port], ['_', .. var protocol], var service, var @namespace, "svc", "cluster", "local"]
            || services.Get(@namespace, service) is not { } found
            || found.Spec.Ports?.FirstOrDefault(p =>
                p.Name == port && (p.Protocol ?? "TCP").Equals(protocol, StringComparison.OrdinalIgnoreCase)
            )
                is not { } named
        )
        {
            return null;
        }

        return
        [
            .. Endpoints(found)
                .Select(pod => new ServiceTarget(
                    $"{Host(pod, service)}.{service}.{@namespace}.svc.{ClusterDomain}",
                    ContainerPort(pod, named)
                )),
        ];
    }

    /// <summary>Pods that a Service's selector names and that have an address, ready or not.</summary>
    internal static IEnumerable<V1Pod> Selected(V1Service service, IEnumerable<V1Pod> pods) =>
        service.Spec.Selector is not { Count: > 0 } selector
            ? []
            : pods.Where(pod =>
                    pod.Metadata.NamespaceProperty == service.Metadata.NamespaceProperty
                    && pod.Status?.PodIP is not null
                    && pod.Status.Phase is not ("Failed" or "Succeeded")
                    && selector.All(wanted => pod.Metadata.Labels?.TryGetValue(wanted.Key, out var value) == true && value == wanted.Value)
                )
                .OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal);

    /// <summary>Whether a Service sends anybody to the pod.</summary>
    internal static bool Serves(V1Service service, V1Pod pod) =>
        service.Spec.PublishNotReadyAddresses == true || (pod.Metadata.DeletionTimestamp is null && IsReady(pod));

    internal static bool IsReady(V1Pod pod) => pod.Status?.Conditions?.Any(c => c.Type == "Ready" && c.Status == "True") == true;

    private IEnumerable<V1Pod> Endpoints(V1Service service) => Selected(service, pods.All).Where(pod => Serves(service, pod));

    /// <summary>A pod's own name under a Service: of one that names the Service as its subdomain its host name, of any other its
    /// address.</summary>
    private static string Host(V1Pod pod, string service) =>
        pod.Spec.Subdomain == service ? pod.Spec.Hostname ?? pod.Metadata.Name : Address(pod).ToString().Replace('.', '-');

    private static IPAddress Address(V1Pod pod) => IPAddress.Parse(pod.Status.PodIP);

    internal static int ContainerPort(V1Pod pod, V1ServicePort port)
    {
        var target = port.TargetPort?.Value;
        if (string.IsNullOrEmpty(target))
        {
            return port.Port;
        }

        return int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : pod.Spec.Containers.SelectMany(c => c.Ports ?? []).FirstOrDefault(p => p.Name == target)?.ContainerPort ?? port.Port;
    }
}
