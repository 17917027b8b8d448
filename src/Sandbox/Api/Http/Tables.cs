using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Definitions;

namespace GitOpsOperator.Sandbox.Api.Http;

/// <summary>Lists as kubectl prints them: the server says the columns.</summary>
internal static class Tables
{
    private sealed record Column(string Name, Func<JsonObject, DateTimeOffset, string> Cell, bool Wide = false);

    private static readonly Column Name = new("Name", (node, _) => node.Text("metadata", "name") ?? "");

    private static readonly Column Age = new("Age", (node, now) => Since(node.Text("metadata", "creationTimestamp"), now));

    public static JsonObject Of(ResourceKind kind, IReadOnlyList<StoredObject> objects, long revision, DateTimeOffset now, bool withColumns)
    {
        var columns = For(kind);
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) },
            ["columnDefinitions"] = !withColumns ? null : new JsonArray([.. columns.Select(column => new JsonObject
            {
                ["name"] = column.Name,
                ["type"] = "string",
                ["format"] = column.Name == "Name" ? "name" : "",
                ["description"] = column.Name,
                ["priority"] = column.Wide ? 1 : 0,
            })]),
            ["rows"] = new JsonArray([.. objects.Select(stored => Row(stored, columns, now))]),
        };
    }

    private static JsonObject Row(StoredObject stored, Column[] columns, DateTimeOffset now)
    {
        var node = stored.ToNode();
        return new JsonObject
        {
            ["cells"] = new JsonArray([.. columns.Select(column => (JsonNode)column.Cell(node, now))]),
            ["object"] = new JsonObject
            {
                ["kind"] = "PartialObjectMetadata",
                ["apiVersion"] = "meta.k8s.io/v1",
                ["metadata"] = node["metadata"]!.DeepClone(),
            },
        };
    }

    private static Column[] For(ResourceKind kind) => kind.Definition is { Columns.Count: > 0 } definition ? [Name, .. definition.Columns.Select(Of)] : kind.Kind switch
    {
        "CustomResourceDefinition" => [Name, new("Created At", (node, _) => node.Text("metadata", "creationTimestamp") ?? "")],
        "Pod" =>
        [
            Name,
            new("Ready", (node, _) => $"{node.Items("status", "containerStatuses").Count(status => status.Flag("ready"))}/{node.Items("spec", "containers").Count()}"),
            new("Status", (node, _) => PodStatus(node)),
            new("Restarts", (node, _) => Text(node.Items("status", "containerStatuses").Sum(status => status.Number("restartCount") ?? 0))),
            Age,
            new("IP", (node, _) => node.Text("status", "podIP") ?? "<none>", Wide: true),
            new("Node", (node, _) => node.Text("spec", "nodeName") ?? "<none>", Wide: true),
        ],
        "StatefulSet" =>
        [
            Name,
            new("Ready", (node, _) => $"{node.Number("status", "readyReplicas") ?? 0}/{node.Number("spec", "replicas") ?? 0}"),
            Age,
            new("Containers", (node, _) => string.Join(',', node.Items("spec", "template", "spec", "containers").Select(container => container.Text("name"))), Wide: true),
            new("Images", (node, _) => string.Join(',', node.Items("spec", "template", "spec", "containers").Select(container => container.Text("image"))), Wide: true),
        ],
        "Deployment" =>
        [
            Name,
            new("Ready", (node, _) => $"{node.Number("status", "readyReplicas") ?? 0}/{node.Number("spec", "replicas") ?? 0}"),
            new("Up-to-date", (node, _) => Text(node.Number("status", "updatedReplicas") ?? 0)),
            new("Available", (node, _) => Text(node.Number("status", "availableReplicas") ?? 0)),
            Age,
        ],
        "Service" =>
        [
            Name,
            new("Type", (node, _) => node.Text("spec", "type") ?? ""),
            new("Cluster-IP", (node, _) => node.Text("spec", "clusterIP") ?? "<none>"),
            new("External-IP", (_, _) => "<none>"),
            new("Port(s)", (node, _) => string.Join(',', node.Items("spec", "ports").Select(port => $"{port.Number("port")}/{port.Text("protocol")}")) is { Length: > 0 } ports ? ports : "<none>"),
            Age,
        ],
        "ConfigMap" => [Name, new("Data", (node, _) => Text(Count(node, "data") + Count(node, "binaryData"))), Age],
        "Secret" => [Name, new("Type", (node, _) => node.Text("type") ?? ""), new("Data", (node, _) => Text(Count(node, "data"))), Age],
        "PersistentVolumeClaim" =>
        [
            Name,
            new("Status", (node, _) => node.Text("metadata", "deletionTimestamp") is null ? node.Text("status", "phase") ?? "" : "Terminating"),
            new("Volume", (node, _) => node.Text("spec", "volumeName") ?? ""),
            new("Capacity", (node, _) => node.Text("status", "capacity", "storage") ?? ""),
            new("Access Modes", (node, _) => string.Join(',', (node.At("spec", "accessModes") as JsonArray ?? []).Select(mode => mode?.ToString() switch
            {
                "ReadWriteOnce" => "RWO",
                "ReadOnlyMany" => "ROX",
                "ReadWriteMany" => "RWX",
                "ReadWriteOncePod" => "RWOP",
                var other => other,
            }))),
            new("StorageClass", (node, _) => node.Text("spec", "storageClassName") ?? ""),
            Age,
        ],
        "Node" =>
        [
            Name,
            new("Status", (node, _) => (node.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Ready").Text("status") switch
            {
                "True" => "Ready",
                "False" => "NotReady",
                _ => "Unknown",
            }) + (node.Flag("spec", "unschedulable") ? ",SchedulingDisabled" : "")),
            new("Roles", (_, _) => "<none>"),
            Age,
            new("Version", (node, _) => node.Text("status", "nodeInfo", "kubeletVersion") ?? ""),
        ],
        "Namespace" => [Name, new("Status", (node, _) => node.Text("status", "phase") ?? ""), Age],
        "Event" =>
        [
            new("Last Seen", (node, now) => Since(node.Text("lastTimestamp") ?? node.Text("eventTime") ?? node.Text("metadata", "creationTimestamp"), now)),
            new("Type", (node, _) => node.Text("type") ?? ""),
            new("Reason", (node, _) => node.Text("reason") ?? ""),
            new("Object", (node, _) => $"{node.Text("involvedObject", "kind")?.ToLowerInvariant()}/{node.Text("involvedObject", "name")}"),
            new("Message", (node, _) => node.Text("message")?.Trim() ?? ""),
        ],
        "PodDisruptionBudget" =>
        [
            Name,
            new("Min Available", (node, _) => node.At("spec", "minAvailable")?.ToString() ?? "N/A"),
            new("Max Unavailable", (node, _) => node.At("spec", "maxUnavailable")?.ToString() ?? "N/A"),
            new("Allowed Disruptions", (node, _) => Text(node.Number("status", "disruptionsAllowed") ?? 0)),
            Age,
        ],
        "Lease" => [Name, new("Holder", (node, _) => node.Text("spec", "holderIdentity") ?? ""), Age],
        _ => [Name, Age],
    };

    private static Column Of(PrinterColumn column) => new(
        column.Name, (node, now) => column.Type == "date" ? Since(column.Cell(node), now) : column.Cell(node), Wide: column.Priority > 0);

    private static string PodStatus(JsonObject pod)
    {
        if (pod.Text("metadata", "deletionTimestamp") is not null)
        {
            return "Terminating";
        }

        var states = pod.Items("status", "containerStatuses").Select(status => status["state"]).ToList();
        return states.Select(state => state.Text("waiting", "reason") ?? state.Text("terminated", "reason")).FirstOrDefault(reason => reason is not null)
            ?? pod.Text("status", "reason") ?? pod.Text("status", "phase") ?? "Unknown";
    }

    private static int Count(JsonObject node, string field) => (node[field] as JsonObject)?.Count ?? 0;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Since(string? timestamp, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var then))
        {
            return "<unknown>";
        }

        var age = now - then;
        return age switch
        {
            { TotalSeconds: < 120 } => $"{Math.Max(0, (int)age.TotalSeconds)}s",
            { TotalMinutes: < 10 } => $"{(int)age.TotalMinutes}m{(age.Seconds > 0 ? $"{age.Seconds}s" : "")}",
            { TotalHours: < 3 } => $"{(int)age.TotalMinutes}m",
            { TotalHours: < 48 } => $"{(int)age.TotalHours}h",
            _ => $"{(int)age.TotalDays}d",
        };
    }
}
