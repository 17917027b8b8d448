using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Drift.Owners;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Rendering;

public static partial class EtcdRendering
{
    private const string SnapshotsMount = "/snapshots";
    private const string ScratchMount = "/scratch";

    /// <summary>
    /// As large as a member's, since a snapshot is at most as large as what it is of. Null where there are no claims at all.
    /// </summary>
    public static V1PersistentVolumeClaim? SnapshotClaim(EtcdDesired desired)
    {
        if (desired.Spec.Storage is not EtcdStorage.Persistent storage)
        {
            return null;
        }

        var claim = ClaimTemplate(desired, 0, storage);
        claim.Metadata = Metadata(desired, new EtcdNames(desired.Cluster).SnapshotClaim, SnapshotLabels(desired));
        return claim;
    }

    /// <summary>
    /// Three programs of etcd's own, one after the other: save; open and sum up; restore into a scratch folder, which compares the
    /// checksum that the server sent along. The images have no shell, so that the pod's end says all.
    /// </summary>
    /// <param name="index">The member that it is taken from.</param>
    /// <param name="of">The version of that member.</param>
    /// <param name="image">What holds etcd's programs.</param>
    public static V1Pod SnapshotPod(EtcdDesired desired, string file, int index, EtcdVersion of, string image)
    {
        var names = new EtcdNames(desired.Cluster);
        var path = $"{SnapshotsMount}/{file}";

        // etcdutl came with 3.5, and 3.6 took these commands away from etcdctl.
        var tool = of >= new EtcdVersion(3, 5, 0) ? "/usr/local/bin/etcdutl" : "/usr/local/bin/etcdctl";
        var metadata = Metadata(desired, names.SnapshotPod, SnapshotLabels(desired));
        metadata.Annotations[SnapshotLive.FileAnnotation] = file;
        var member = PodSpec(desired, names, index);
        return new()
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = metadata,
            Spec = new V1PodSpec
            {
                RestartPolicy = "Never",
                AutomountServiceAccountToken = false,
                EnableServiceLinks = false,
                SecurityContext = member.SecurityContext,
                InitContainers =
                [
                    Tool("save", image, ["/usr/local/bin/etcdctl", $"--endpoints={names.ClientUrl(index)}", "snapshot", "save", path]),
                    Tool("status", image, [tool, "snapshot", "status", path]),
                ],
                Containers = [Tool("restore", image, [tool, "snapshot", "restore", path, $"--data-dir={ScratchMount}/restored"])],
                Volumes =
                [
                    new V1Volume
                    {
                        Name = "snapshots",
                        PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = names.SnapshotClaim },
                    },
                    new V1Volume { Name = "scratch", EmptyDir = new V1EmptyDirVolumeSource() },
                ],
            },
        };

        V1Container Tool(string name, string image, string[] command) =>
            new()
            {
                Name = name,
                Image = image,
                Command = command,
                Env = [new V1EnvVar { Name = "ETCDCTL_API", Value = "3" }],
                SecurityContext = member.Containers[0].SecurityContext,
                TerminationMessagePolicy = "FallbackToLogsOnError",
                VolumeMounts =
                [
                    new V1VolumeMount { Name = "snapshots", MountPath = SnapshotsMount },
                    new V1VolumeMount { Name = "scratch", MountPath = ScratchMount },
                ],
            };
    }

    /// <summary>None that a Service, a disruption budget or a StatefulSet selects; the last is what pods are watched by.</summary>
    private static Dictionary<string, string> SnapshotLabels(EtcdDesired desired) =>
        new(ClusterLabels(desired))
        {
            ["app.kubernetes.io/name"] = "etcd-snapshot",
            [ObjectLabels.Member] = new EtcdNames(desired.Cluster).SnapshotPod,
        };
}
