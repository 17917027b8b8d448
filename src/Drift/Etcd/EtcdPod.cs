using k8s.Models;

namespace GitOpsOperator.Drift.Etcd;

/// <summary>What a pod says of its member.</summary>
internal static class EtcdPod
{
    /// <summary>
    /// How etcd says that it has no data and finds no peer to ask: what a sealed member does, and does only, when its volume is empty.
    /// The first is in 3.4 and later, the second is the error that it wraps.
    /// </summary>
    private static readonly string[] WordsOfLoss =
        ["cannot fetch cluster info from peer urls", "could not retrieve cluster information from the given URLs"];

    public static PodLive Read(V1Pod pod, bool isSealed)
    {
        var container = pod.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == "etcd");
        var ready = pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) ?? false;
        var message = container?.State?.Terminated?.Message ?? container?.LastState?.Terminated?.Message;
        return new(
            pod.Metadata.Uid,
            PhaseOf(pod.Status?.Phase),
            ready,
            container?.RestartCount ?? 0,
            EtcdObjects.HasVoterRole(pod.Metadata),
            Terminating: pod.Metadata.DeletionTimestamp is not null,
            DataLost: isSealed && !ready && message is not null && WordsOfLoss.Any(words => message.Contains(words, StringComparison.Ordinal)),
            message);
    }

    private static PodPhase PhaseOf(string? phase) => phase switch
    {
        "Pending" or null or "" => PodPhase.Pending,
        "Running" => PodPhase.Running,
        "Succeeded" or "Failed" => PodPhase.Ended,
        _ => PodPhase.Unknown,
    };
}
