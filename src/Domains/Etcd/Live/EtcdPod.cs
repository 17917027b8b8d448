using System.Globalization;
using GitOpsOperator.Drift.Owners;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>What a pod says of its member.</summary>
internal static class EtcdPod
{
    private const string ContainerName = "etcd";

    /// <summary>
    /// How etcd says that it has no data and finds no peer to ask: what a sealed member does, and does only, when its volume is empty.
    /// The first is in 3.4 and later, the second is the error that it wraps.
    /// </summary>
    private static readonly string[] WordsOfLoss =
    [
        "cannot fetch cluster info from peer urls",
        "could not retrieve cluster information from the given URLs",
    ];

    /// <summary>Reasons of a waiting container that are faults. All others (ContainerCreating, PodInitializing) are on their way.</summary>
    private static readonly string[] FaultsOfStart =
    [
        "ErrImagePull",
        "ImagePullBackOff",
        "ErrImageNeverPull",
        "InvalidImageName",
        "ImageInspectError",
        "CrashLoopBackOff",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
        "StartError",
    ];

    private const int Longest = 300;

    /// <summary>Times of Kubernetes are cut to seconds, so of two in the same second it is not known which was first.</summary>
    private static readonly TimeSpan ClockGrain = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A kubelet needs a moment to say that a pod has ended; one that has not said so for this long beyond the grace period is not there.
    /// </summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromMinutes(1);

    /// <param name="sealedAt">
    /// When the member's boot was sealed, by the API server's clock; null where it is not, or that is not known.
    /// </param>
    public static PodLive Read(V1Pod pod, DateTime? sealedAt, DateTimeOffset now)
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
            DataLost: !ready && sealedAt is { } since && SaysDataLost(pod, container, since),
            message
        )
        {
            SpecHash = EtcdObjects.HashOf(pod),
            DesiredHash = pod.GetAnnotation(ObjectLabels.DesiredHashAnnotation),
            Image = ImageOf(pod.Spec),
            Fault = ready ? null : FaultOf(container),

            // The time of deletion has the grace period in it already.
            StuckOn = pod.Metadata.DeletionTimestamp is { } due && now - due > EndTimeout ? node : null,
            Node = node,
            NodeNotReadyReason = Unscheduled(pod),
            WaitingReason = WaitingReason(pod, container),
        };
    }

    public static string? ImageOf(V1PodSpec? spec) => spec?.Containers?.FirstOrDefault(container => container.Name == ContainerName)?.Image;

    /// <summary>Only while it crashes, and only of its own last run: what an earlier container said may long be over.</summary>
    private static bool SaysDataLost(V1Pod pod, V1ContainerStatus? container, DateTime sealedAt) =>
        pod.Metadata.DeletionTimestamp is null
        && Crash(container) is { Message: { } message, StartedAt: { } started }
        && started >= sealedAt + ClockGrain
        && WordsOfLoss.Any(words => message.Contains(words, StringComparison.Ordinal));

    /// <summary>How the container ended by itself, where it has not been started again since.</summary>
    private static V1ContainerStateTerminated? Crash(V1ContainerStatus? container) =>
        container?.State switch
        {
            { Terminated: { } ended } => ended,
            { Waiting.Reason: "CrashLoopBackOff" } => container.LastState?.Terminated,
            _ => null,
        };

    private static string? WaitingReason(V1Pod pod, V1ContainerStatus? container) =>
        PhaseOf(pod.Status?.Phase) switch
        {
            _ when pod.Metadata.DeletionTimestamp is not null => "its pod is ending",
            PodPhase.Ended => $"its pod has ended: {Cut(pod.Status?.Message ?? pod.Status?.Reason ?? "the kubelet does not say why")}",
            PodPhase.Unknown => "its kubelet does not say how its pod is",
            _ when container?.State is { Running: not null } or { Terminated: not null } || Crash(container) is not null => null,
            _ when container?.State?.Waiting is { Reason: { Length: > 0 } reason } waiting =>
                $"its container is not started: {reason}{(waiting.Message is { Length: > 0 } message ? $": {Cut(message)}" : "")}",
            _ => "its container is not started",
        };

    private static string Cut(string words) => words.Length <= Longest ? words : words[..Longest] + "…";

    /// <summary>The scheduler's own words, cut: it counts nodes by reason, and may have many.</summary>
    private static string? Unscheduled(V1Pod pod)
    {
        return pod.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" })
                is not { } condition
                ? null
            : condition.Message is not { Length: > 0 } message ? $"no node takes its pod: {condition.Reason}"
            : $"no node takes its pod: {Cut(message)}";
    }

    private static string? FaultOf(V1ContainerStatus? container)
    {
        var ended = container?.State?.Terminated ?? container?.LastState?.Terminated;
        var how = ended is null ? null : string.Create(CultureInfo.InvariantCulture, $"etcd exited with {ended.ExitCode}");
        return container?.State?.Waiting is { Reason: { } reason } waiting && FaultsOfStart.Contains(reason)
            ? how ?? (waiting.Message is { Length: > 0 } message ? $"{reason}: {message}" : reason)
            : how;
    }

    private static PodPhase PhaseOf(string? phase) =>
        phase switch
        {
            "Pending" or null or "" => PodPhase.Pending,
            "Running" => PodPhase.Running,
            "Succeeded" or "Failed" => PodPhase.Ended,
            _ => PodPhase.Unknown,
        };
}
