using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Http.Printing;

/// <summary>What <c>kubectl get pods</c> says of a pod, by the rules of the real server.</summary>
internal static class PodCells
{
    public static string Ready(JsonObject pod)
    {
        var ready = pod.Items("status", "containerStatuses")
            .Count(status => status.Flag("ready") && status.At("state", "running") is not null);
        return string.Create(CultureInfo.InvariantCulture, $"{ready}/{pod.Items("spec", "containers").Count()}");
    }

    public static string Restarts(JsonObject pod, DateTimeOffset now)
    {
        var containers = pod.Items("status", "containerStatuses").ToList();
        var count = containers.Sum(status => status.Number("restartCount") ?? 0).ToString(CultureInfo.InvariantCulture);
        var last = containers.Select(status => status.Text("lastState", "terminated", "finishedAt")).Max(StringComparer.Ordinal);
        return count == "0" || last is null ? count : $"{count} ({Ages.Since(last, now)} ago)";
    }

    public static string? ReadinessGates(JsonObject pod)
    {
        var gates = pod.Items("spec", "readinessGates").Select(gate => gate.Text("conditionType")).ToList();
        var met = pod.Items("status", "conditions")
            .Count(condition => condition.Text("status") == "True" && gates.Contains(condition.Text("type")));
        return gates.Count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{met}/{gates.Count}");
    }

    public static string Status(JsonObject pod)
    {
        var phase = pod.Text("status", "phase") ?? "Unknown";
        if (pod.Text("metadata", "deletionTimestamp") is not null && phase is not ("Succeeded" or "Failed"))
        {
            return pod.Text("status", "reason") == "NodeLost" ? "Unknown" : "Terminating";
        }

        return Initializing(pod) ?? OfContainers(pod, pod.Text("status", "reason") ?? phase);
    }

    private static string? Initializing(JsonObject pod)
    {
        var statuses = pod.Items("status", "initContainerStatuses").ToList();
        var first = statuses.FindIndex(status => status.Number("state", "terminated", "exitCode") is not 0);
        if (first < 0)
        {
            return null;
        }

        return Ended(statuses[first]) is { } ended ? $"Init:{ended}"
            : statuses[first].Text("state", "waiting", "reason") is { Length: > 0 } reason and not "PodInitializing" ? $"Init:{reason}"
            : string.Create(CultureInfo.InvariantCulture, $"Init:{first}/{pod.Items("spec", "initContainers").Count()}");
    }

    private static string OfContainers(JsonObject pod, string otherwise)
    {
        var statuses = pod.Items("status", "containerStatuses").ToList();
        var reason =
            statuses.Select(status => status.Text("state", "waiting", "reason") ?? Ended(status)).FirstOrDefault(said => said is not null)
            ?? otherwise;
        var runs = statuses.Exists(status => status.Flag("ready") && status.At("state", "running") is not null);
        var ready = pod.Items("status", "conditions")
            .Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True");
        return reason != "Completed" || !runs ? reason
            : ready ? "Running"
            : "NotReady";
    }

    private static string? Ended(JsonObject status)
    {
        if (status.At("state", "terminated") is not { } ended)
        {
            return null;
        }

        return ended.Text("reason") is { Length: > 0 } reason ? reason
            : ended.Number("signal") is > 0 and var signal ? $"Signal:{signal}"
            : $"ExitCode:{ended.Number("exitCode")}";
    }
}
