using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Live;

/// <summary>A snapshot being taken, as its pod has it.</summary>
/// <param name="File">Name of the file on the claim; null where the pod does not say.</param>
/// <param name="Fault">Why it failed, in the words of the program that did; null while nothing is known to be wrong.</param>
public sealed record SnapshotLive(string Uid, string? File, SnapshotState State, bool Terminating, string? Fault = null)
{
    /// <summary>Annotation of the pod with the name of the file.</summary>
    public const string FileAnnotation = "gitops-operator.dev/snapshot";

    internal static SnapshotLive Read(V1Pod pod)
    {
        var failed = (pod.Status?.InitContainerStatuses ?? [])
            .Concat(pod.Status?.ContainerStatuses ?? [])
            .Select(status => (status.Name, Ended: status.State?.Terminated))
            .FirstOrDefault(status => status.Ended is { ExitCode: not 0 });
        return new(
            pod.Metadata.Uid,
            pod.Metadata.Annotations is { } annotations && annotations.TryGetValue(FileAnnotation, out var file) ? file : null,
            pod.Status?.Phase switch
            {
                "Succeeded" => SnapshotState.Verified,
                "Failed" => SnapshotState.Failed,
                _ => SnapshotState.UnderWay,
            },
            Terminating: pod.Metadata.DeletionTimestamp is not null,
            failed.Ended is { } ended ? $"{failed.Name}: {ended.Message?.Trim() ?? ended.Reason}" : pod.Status?.Message
        );
    }
}

public enum SnapshotState
{
    UnderWay,

    /// <summary>Saved, opened and restored into a scratch folder, by etcd's own tool, which compares its checksum.</summary>
    Verified,

    Failed,
}
