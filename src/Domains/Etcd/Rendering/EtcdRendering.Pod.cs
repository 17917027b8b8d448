using System.Collections.Immutable;
using System.Globalization;
using GitOpsOperator.Domains.Etcd.Live;
using GitOpsOperator.Domains.Etcd.Spec;
using GitOpsOperator.Specs;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Etcd.Rendering;

public static partial class EtcdRendering
{
    /// <summary>User and group that etcd runs as: the "nonroot" of distroless images. fsGroup gives it the volume.</summary>
    private const long NonRoot = 65532;

    private const string DataMount = "/var/lib/etcd";

    private static V1PodSpec PodSpec(EtcdDesired desired, EtcdNames names, int index)
    {
        // The names are those of a PodSpec, so what the document says is one that says nothing else.
        var given = KubernetesJson.Deserialize<V1PodSpec>(desired.Spec.Pods.Spec);
        var spec = BarePodSpec(desired, names, index);
        spec.NodeSelector = given.NodeSelector;
        spec.Tolerations = given.Tolerations;
        spec.TopologySpreadConstraints = given.TopologySpreadConstraints;
        spec.PriorityClassName = given.PriorityClassName;
        spec.ImagePullSecrets = given.ImagePullSecrets;
        if (given.Affinity is { } affinity)
        {
            // Members stay apart from each other unless the document says itself how they do.
            affinity.PodAntiAffinity ??= spec.Affinity.PodAntiAffinity;
            spec.Affinity = affinity;
        }

        return spec;
    }

    private static V1PodSpec BarePodSpec(EtcdDesired desired, EtcdNames names, int index) =>
        new()
        {
            AutomountServiceAccountToken = false,
            EnableServiceLinks = false,
            TerminationGracePeriodSeconds = 30,
            SecurityContext = new V1PodSecurityContext
            {
                RunAsNonRoot = true,
                RunAsUser = NonRoot,
                RunAsGroup = NonRoot,
                FsGroup = NonRoot,
                SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
            },
            Affinity = ApartFromEachOther(desired),
            Containers = [Container(desired, names, index)],
            Volumes =
                desired.Spec.Storage is EtcdStorage.Ephemeral
                    ? [new V1Volume { Name = DataVolume, EmptyDir = new V1EmptyDirVolumeSource() }]
                    : null,
        };

    private static V1Container Container(EtcdDesired desired, EtcdNames names, int index) =>
        new()
        {
            Name = "etcd",
            Image = $"{desired.Spec.ImageRepository}:v{desired.Spec.Version}",
            Command = ["/usr/local/bin/etcd"],
            Args = Arguments(names, index, desired.Spec.Options),
            EnvFrom = [new V1EnvFromSource { ConfigMapRef = new V1ConfigMapEnvSource { Name = names.Boot(index) } }],
            Ports =
            [
                ContainerPort("client", EtcdNames.ClientPort),
                ContainerPort("peer", EtcdNames.PeerPort),
                ContainerPort("metrics", EtcdNames.MetricsPort),
            ],
            Resources = new V1ResourceRequirements
            {
                Requests = Quantities(desired.Spec.Resources.Requests),
                Limits = Quantities(desired.Spec.Resources.Limits),
            },
            SecurityContext = new V1SecurityContext
            {
                AllowPrivilegeEscalation = false,
                ReadOnlyRootFilesystem = true,
                Capabilities = new V1Capabilities { Drop = ["ALL"] },
            },
            ReadinessProbe = Readiness(),
            LivenessProbe = Liveness(),

            // The last words of a container that failed are how a wiped volume is told from other faults.
            TerminationMessagePolicy = "FallbackToLogsOnError",
            VolumeMounts = [new V1VolumeMount { Name = DataVolume, MountPath = DataMount }],
        };

    /// <summary>
    /// The initial cluster, its state and its token come from the boot ConfigMap instead. The snapshot count is said because its default
    /// differs between versions. The data folder lies below the mount, since etcd wants it with mode 0700 and volumes may hold lost+found.
    /// </summary>
    private static string[] Arguments(EtcdNames names, int index, EtcdOptions options) =>
        [
            $"--name={names.Member(index)}",
            $"--data-dir={DataMount}/data",
            $"--listen-peer-urls={Anywhere(EtcdNames.PeerPort)}",
            $"--listen-client-urls={Anywhere(EtcdNames.ClientPort)}",
            $"--listen-metrics-urls={Anywhere(EtcdNames.MetricsPort)}",
            $"--initial-advertise-peer-urls={names.PeerUrl(index)}",
            $"--advertise-client-urls={names.ClientUrl(index)}",
            string.Create(CultureInfo.InvariantCulture, $"--snapshot-count={options.SnapshotCount ?? 10000}"),
            "--logger=zap",
            .. options.Flags,
        ];

    private static string Anywhere(int port) => string.Create(CultureInfo.InvariantCulture, $"http://0.0.0.0:{port}");

    /// <summary>
    /// /health does a linearizable read, so a member cut off from the others gets no clients, and answers alike on 3.4 and 3.5, for voters
    /// and learners. /readyz does not exist before 3.4.29 and 3.5.11, and later ones call a learner unready. A member without space still
    /// serves reads and deletes, and taking all of them out would bar the cure.
    /// </summary>
    private static V1Probe Readiness() =>
        new()
        {
            HttpGet = new V1HTTPGetAction
            {
                Path = "/health?exclude=NOSPACE",
                Port = EtcdNames.MetricsPort,
                Scheme = "HTTP",
            },
            PeriodSeconds = 5,
            TimeoutSeconds = 5,
            FailureThreshold = 2,
            SuccessThreshold = 1,
        };

    /// <summary>Must not need quorum: restarting the members of a cluster that has lost it would only keep it from healing.</summary>
    private static V1Probe Liveness() =>
        new()
        {
            TcpSocket = new V1TCPSocketAction { Port = EtcdNames.PeerPort },
            InitialDelaySeconds = 10,
            PeriodSeconds = 10,
            TimeoutSeconds = 5,
            FailureThreshold = 6,
            SuccessThreshold = 1,
        };

    /// <summary>Preferred, not required: with fewer nodes than members the last ones would wait for ever.</summary>
    private static V1Affinity ApartFromEachOther(EtcdDesired desired) =>
        new()
        {
            PodAntiAffinity = new V1PodAntiAffinity
            {
                PreferredDuringSchedulingIgnoredDuringExecution =
                [
                    new V1WeightedPodAffinityTerm
                    {
                        Weight = 100,
                        PodAffinityTerm = new V1PodAffinityTerm
                        {
                            TopologyKey = "kubernetes.io/hostname",
                            LabelSelector = new V1LabelSelector { MatchLabels = ClusterSelector(desired) },
                        },
                    },
                ],
            },
        };

    private static V1ContainerPort ContainerPort(string name, int port) =>
        new()
        {
            Name = name,
            ContainerPort = port,
            Protocol = "TCP",
        };

    private static Dictionary<string, ResourceQuantity>? Quantities(ImmutableSortedDictionary<string, Quantity> quantities) =>
        quantities.Count == 0 ? null : quantities.ToDictionary(pair => pair.Key, pair => new ResourceQuantity(pair.Value.ToString()));
}
