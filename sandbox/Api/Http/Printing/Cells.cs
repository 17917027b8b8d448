using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Http.Printing;

/// <summary>Cells that are more than one field.</summary>
internal static class Cells
{
    private const int FewItems = 3;

    public static IEnumerable<string> Texts(JsonNode? list) => (list as JsonArray ?? []).Select(item => item?.ToString() ?? "");

    public static int Count(JsonObject node, string field) => (node[field] as JsonObject)?.Count ?? 0;

    /// <summary>The first ones, and how many there are beside.</summary>
    public static string Few(IEnumerable<string> items)
    {
        var all = items.ToList();
        var more = all.Count - FewItems;
        return string.Join(',', all.Take(FewItems)) + (more > 0 ? $" + {more} more..." : "");
    }

    public static string Labels(JsonNode? labels) =>
        string.Join(',', (labels as JsonObject ?? []).Select(label => $"{label.Key}={label.Value}").Order(StringComparer.Ordinal));

    public static string OfTemplate(JsonObject node, string field) =>
        string.Join(',', node.Items("spec", "template", "spec", "containers").Select(container => container.Text(field)));

    public static string? Controller(JsonObject node) =>
        node.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Flag("controller")) is { } owner
            ? $"{owner.Text("kind")?.ToLowerInvariant()}"
                + $"{(owner.Text("apiVersion")?.Split('/') is [var group, _] ? $".{group}" : "")}/{owner.Text("name")}"
            : null;

    public static string Phase(JsonObject node) =>
        node.Text("metadata", "deletionTimestamp") is null ? node.Text("status", "phase") ?? "" : "Terminating";

    public static string AccessModes(JsonNode? modes) =>
        string.Join(
            ',',
            Texts(modes)
                .Select(mode =>
                    mode switch
                    {
                        "ReadWriteOnce" => "RWO",
                        "ReadOnlyMany" => "ROX",
                        "ReadWriteMany" => "RWX",
                        "ReadWriteOncePod" => "RWOP",
                        _ => mode,
                    }
                )
        );

    public static string? ExternalAddress(JsonObject service) =>
        service.Text("spec", "type") switch
        {
            "ExternalName" => service.Text("spec", "externalName"),
            "LoadBalancer" when service.At("spec", "externalIPs") is not JsonArray { Count: > 0 } => "<pending>",
            _ => string.Join(',', Texts(service.At("spec", "externalIPs"))),
        };

    public static string ServicePorts(JsonObject service) =>
        string.Join(
            ',',
            service
                .Items("spec", "ports")
                .Select(port =>
                    $"{port.Number("port")}{(port.Number("nodePort") is > 0 and var outside ? $":{outside}" : "")}/{port.Text("protocol")}"
                )
        );

    public static string Endpoints(JsonObject endpoints) =>
        Few(
            endpoints
                .Items("subsets")
                .SelectMany(subset =>
                {
                    var addresses = subset.Items("addresses").Select(address => address.Text("ip") ?? "").ToList();
                    var ports = subset.Items("ports").Select(port => port["port"]?.ToString()).ToList();
                    return ports.Count == 0 ? addresses : ports.SelectMany(port => addresses.Select(address => $"{address}:{port}"));
                })
        );

    public static string NodeStatus(JsonObject node)
    {
        var ready = node.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Ready").Text("status");
        return (
                ready switch
                {
                    "True" => "Ready",
                    "False" => "NotReady",
                    _ => "Unknown",
                }
            ) + (node.Flag("spec", "unschedulable") ? ",SchedulingDisabled" : "");
    }

    public static string NodeRoles(JsonObject node)
    {
        const string Prefix = "node-role.kubernetes.io/";
        return string.Join(
            ',',
            (node.At("metadata", "labels") as JsonObject ?? [])
                .Where(label => label.Key.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(label => label.Key[Prefix.Length..])
                .Order(StringComparer.Ordinal)
        );
    }

    public static string? NodeAddress(JsonObject node, string type) =>
        node.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == type).Text("address");

    public static string? LastSeen(JsonObject @event) =>
        @event.Text("series", "lastObservedTime")
        ?? @event.Text("lastTimestamp")
        ?? @event.Text("eventTime")
        ?? @event.Text("firstTimestamp");

    public static string EventSource(JsonObject @event)
    {
        var parts = new[]
        {
            @event.Text("source", "component") ?? @event.Text("reportingComponent"),
            @event.Text("source", "host") ?? @event.Text("reportingInstance"),
        };
        return string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));
    }

    public static string Subjects(JsonObject binding, string kind) =>
        string.Join(
            ", ",
            binding
                .Items("subjects")
                .Where(subject => subject.Text("kind") == kind)
                .Select(subject => kind == "ServiceAccount" ? $"{subject.Text("namespace")}/{subject.Text("name")}" : subject.Text("name"))
        );
}
