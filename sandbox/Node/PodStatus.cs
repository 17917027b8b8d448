using k8s.Models;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>The status of a pod, from the states of its containers.</summary>
internal sealed class PodStatus(NodeOptions options, TimeProvider time)
{
    private readonly Dictionary<string, (string Status, DateTime Since)> _since = new(StringComparer.Ordinal);
    private readonly DateTime _startTime = time.GetUtcNow().UtcDateTime;

    public V1PodStatus Build(
        V1Pod pod,
        PodAddress? place,
        bool initialized,
        IReadOnlyList<V1ContainerStatus> init,
        IReadOnlyList<V1ContainerStatus> containers
    )
    {
        var unready = containers.Where(container => !container.Ready).Select(container => container.Name).ToList();
        var allReady = initialized && unready.Count == 0;
        return new V1PodStatus
        {
            Phase = Phase(pod, initialized, containers),
            HostIP = options.HostAddress.ToString(),
            PodIP = place?.Address.ToString(),
            PodIPs = place is null ? null : [new V1PodIP { Ip = place.Address.ToString() }],
            StartTime = _startTime,
            QosClass = "BestEffort",
            InitContainerStatuses = init.Count == 0 ? null : [.. init],
            ContainerStatuses = [.. containers],
            Conditions =
            [
                Condition("PodScheduled", true),
                Condition("Initialized", initialized),
                Condition(
                    "ContainersReady",
                    allReady,
                    "ContainersNotReady",
                    $"containers with unready status: [{string.Join(' ', unready)}]"
                ),
                Condition("Ready", allReady, "ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]"),
            ],
        };
    }

    private static string Phase(V1Pod pod, bool initialized, IReadOnlyList<V1ContainerStatus> containers)
    {
        if (!initialized || containers.Any(container => container.State.Waiting is not null && container.LastState is null))
        {
            return "Pending";
        }

        if (pod.Spec.RestartPolicy is "Never" or "OnFailure" && containers.All(container => container.State.Terminated is not null))
        {
            return containers.All(container => container.State.Terminated.ExitCode == 0) ? "Succeeded"
                : pod.Spec.RestartPolicy == "Never" ? "Failed"
                : "Running";
        }

        return "Running";
    }

    private V1PodCondition Condition(string type, bool holds, string? reason = null, string? message = null)
    {
        var status = holds ? "True" : "False";
        if (!_since.TryGetValue(type, out var known) || known.Status != status)
        {
            _since[type] = known = (status, time.GetUtcNow().UtcDateTime);
        }

        return new V1PodCondition
        {
            Type = type,
            Status = status,
            LastTransitionTime = known.Since,
            Reason = holds ? null : reason,
            Message = holds ? null : message,
        };
    }
}
