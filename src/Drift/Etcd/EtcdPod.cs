using System.Globalization;
using k8s.Models;

namespace GitOpsOperator.Drift.Etcd;

/// <summary>What a pod says of its member.</summary>
internal static class EtcdPod
{
    private const string ContainerName = "etcd";

    /// <summary>
    /// How etcd says that it has no data and finds no peer to ask: what a sealed member does, and does only, when its volume is empty.
    /// The first is in 3.4 and later, the second is the error that it wraps.
    /// </summary>
    private static readonly string[] WordsOfLoss =
        ["cannot fetch cluster info from peer urls", "could not retrieve cluster information from the given URLs"];

    /// <summary>Reasons of a waiting container that are faults. All others (ContainerCreating, PodInitializing) are on their way.</summary>
    private static readonly string[] FaultsOfStart =
    [
        "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "CrashLoopBackOff",
        "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError",
    ];

    /// <summary>A kubelet needs a moment to say that a pod has ended; one that has not said so for this long beyond the grace period is not there.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromMinutes(1);

    public static PodLive Read(V1Pod pod, bool isSealed, DateTimeOffset now)
    {
        var container = pod.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == ContainerName);
        var ready = pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) ?? false;
        var message = container?.State?.Terminated?.Message ?? container?.LastState?.Terminated?.Message;
        var node = pod.Spec?.NodeName is { Length: > 0 } name ? name : null;
        return new(
            pod.Metadata.Uid,
            PhaseOf(pod.Status?.Phase),
            ready,
            container?.RestartCount ?? 0,
            EtcdObjects.HasVoterRole(pod.Metadata),
            Terminating: pod.Metadata.DeletionTimestamp is not null,
            DataLost: isSealed && !ready && message is not null && WordsOfLoss.Any(words => message.Contains(words, StringComparison.Ordinal)),
            message)
        {
            SpecHash = EtcdObjects.HashOf(pod),
            DesiredHash = pod.GetAnnotation(ObjectLabels.DesiredHashAnnotation),
            Image = ImageOf(pod.Spec),
            Fault = ready ? null : FaultOf(container),

            // The time of deletion has the grace period in it already.
            StuckOn = pod.Metadata.DeletionTimestamp is { } due && now - due > EndPatience ? node : null,
            Node = node,
            NodeTrouble = Unscheduled(pod),
        };
    }

    public static string? ImageOf(V1PodSpec? spec) => spec?.Containers?.FirstOrDefault(container => container.Name == ContainerName)?.Image;

    /// <summary>The scheduler's own words, cut: it counts nodes by reason, and may have many.</summary>
    private static string? Unscheduled(V1Pod pod)
    {
        const int Longest = 300;
        return pod.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" }) is not { } condition ? null
            : condition.Message is not { Length: > 0 } message ? $"no node takes its pod: {condition.Reason}"
            : $"no node takes its pod: {(message.Length <= Longest ? message : message[..Longest] + "…")}";
    }

    private static string? FaultOf(V1ContainerStatus? container)
    {
        var ended = container?.State?.Terminated ?? container?.LastState?.Terminated;
        var how = ended is null ? null : string.Create(CultureInfo.InvariantCulture, $"etcd exited with {ended.ExitCode}");
        return container?.State?.Waiting is { Reason: { } reason } waiting && FaultsOfStart.Contains(reason)
            ? how ?? (waiting.Message is { Length: > 0 } message ? $"{reason}: {message}" : reason)
            : how;
    }

    private static PodPhase PhaseOf(string? phase) => phase switch
    {
        "Pending" or null or "" => PodPhase.Pending,
        "Running" => PodPhase.Running,
        "Succeeded" or "Failed" => PodPhase.Ended,
        _ => PodPhase.Unknown,
    };
}
