using GitOpsOperator.Domains.Prometheus.Configuration;
using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Domains.Prometheus.Spec;
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus.Rendering;

public static partial class PrometheusRendering
{
    private const string ConfigurationFolder = "/etc/prometheus/config";
    private const string DataFolder = "/prometheus";

    public static PrometheusVersion VersionOf(PrometheusDesired desired) =>
        PrometheusVersion.TryParse(desired.Spec["version"].Text, out var version) ? version : SelectedObjects.DefaultVersion;

    private static V1PodSpec PodSpec(PrometheusDesired desired, int shard)
    {
        var spec = desired.Spec;
        return new()
        {
            ServiceAccountName = spec["serviceAccountName"].NonEmptyText,
            AutomountServiceAccountToken = spec["automountServiceAccountToken"].Boolean ?? true,
            TerminationGracePeriodSeconds = spec["terminationGracePeriodSeconds"].WholeNumber ?? 600,
            SecurityContext = Own<V1PodSecurityContext>(spec["securityContext"]),
            NodeSelector = NoneIfEmpty(Texts(spec["nodeSelector"])),
            Affinity = Own<V1Affinity>(spec["affinity"]),
            Tolerations = Own<List<V1Toleration>>(spec["tolerations"]),
            TopologySpreadConstraints = Own<List<V1TopologySpreadConstraint>>(spec["topologySpreadConstraints"]),
            PriorityClassName = spec["priorityClassName"].NonEmptyText,
            ImagePullSecrets = Own<List<V1LocalObjectReference>>(spec["imagePullSecrets"]),
            SchedulerName = spec["schedulerName"].NonEmptyText,
            EnableServiceLinks = spec["enableServiceLinks"].Boolean,
            HostUsers = spec["hostUsers"].Boolean,
            HostNetwork = spec["hostNetwork"].Boolean,
            DnsPolicy = spec["dnsPolicy"].NonEmptyText,
            DnsConfig = Own<V1PodDNSConfig>(spec["dnsConfig"]),
            HostAliases = Own<List<V1HostAlias>>(spec["hostAliases"]),
            InitContainers = Own<List<V1Container>>(spec["initContainers"]),
            Containers = [.. ContainerPatches.Apply([Container(desired)], spec["containers"])],
            Volumes = [.. Volumes(desired, shard)],
        };
    }

    private static V1Container Container(PrometheusDesired desired)
    {
        var spec = desired.Spec;
        var budget = Math.Max(60, spec["maximumStartupDurationSeconds"].WholeNumber ?? 900);
        return new()
        {
            Name = "prometheus",
            Image = spec["image"].NonEmptyText ?? $"{PrometheusDocument.DefaultImageRepository}:v{VersionOf(desired)}",
            ImagePullPolicy = spec["imagePullPolicy"].NonEmptyText,
            Args = [.. PrometheusArguments.Of(desired, $"{ConfigurationFolder}/{PrometheusNames.ConfigurationKey}", DataFolder)],

            // Prometheus puts it into its external labels itself.
            Env =
            [
                new V1EnvVar
                {
                    Name = "POD_NAME",
                    ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { FieldPath = "metadata.name" } },
                },
            ],
            Ports =
            [
                new V1ContainerPort
                {
                    Name = spec["portName"].NonEmptyText ?? "web",
                    ContainerPort = PrometheusNames.WebPort,
                    Protocol = "TCP",
                },
            ],
            Resources = new V1ResourceRequirements
            {
                Requests = Quantities(spec["resources"]["requests"]),
                Limits = Quantities(spec["resources"]["limits"]),
            },
            SecurityContext = new V1SecurityContext
            {
                AllowPrivilegeEscalation = false,
                ReadOnlyRootFilesystem = true,
                Capabilities = new V1Capabilities { Drop = ["ALL"] },
            },

            // Replaying the history takes its time; the same budget as upstream's, looked at more often.
            StartupProbe = Probe(desired, "-/ready", period: 5, failures: (int)((budget + 4) / 5)),
            ReadinessProbe = Probe(desired, "-/ready", period: 5, failures: 3),
            LivenessProbe = Probe(desired, "-/healthy", period: 5, failures: 6),
            TerminationMessagePolicy = "FallbackToLogsOnError",
            VolumeMounts = [.. Mounts(desired)],
        };
    }

    private static V1Probe Probe(PrometheusDesired desired, string path, int period, int failures) =>
        new()
        {
            HttpGet = new V1HTTPGetAction
            {
                Path = desired.RoutePrefix.Length == 0 ? $"/{path}" : $"/{desired.RoutePrefix}/{path}",
                Port = PrometheusNames.WebPort,
                Scheme = "HTTP",
            },
            PeriodSeconds = period,
            TimeoutSeconds = 3,
            FailureThreshold = failures,
            SuccessThreshold = 1,
        };

    /// <summary>Folders, never single files: a file that is mounted by itself is not brought up to date.</summary>
    private static IEnumerable<V1VolumeMount> Mounts(PrometheusDesired desired)
    {
        var names = new PrometheusNames(desired.Cluster);
        var spec = desired.Spec;
        yield return new()
        {
            Name = "config",
            MountPath = ConfigurationFolder,
            ReadOnlyProperty = true,
        };

        // The same once more, where upstream's configurations look for certificates.
        yield return new()
        {
            Name = "config",
            MountPath = TlsSettings.AssetFolder,
            ReadOnlyProperty = true,
        };
        for (var index = 0; index < PrometheusLimits.RuleMaps; index++)
        {
            yield return new()
            {
                Name = names.Rules(index),
                MountPath = $"/etc/prometheus/rules/{names.Rules(index)}",
                ReadOnlyProperty = true,
            };
        }

        var claimed = ClaimTemplateOf(desired) is not null;
        yield return new()
        {
            Name = ClaimName(desired),
            MountPath = DataFolder,
            SubPath = claimed && spec["storage"]["disableMountSubPath"].Boolean != true ? "prometheus-db" : null,
        };
        foreach (var secret in spec["secrets"].Texts)
        {
            yield return new()
            {
                Name = $"secret-{secret}",
                MountPath = $"/etc/prometheus/secrets/{secret}",
                ReadOnlyProperty = true,
            };
        }

        foreach (var map in spec["configMaps"].Texts)
        {
            yield return new()
            {
                Name = $"configmap-{map}",
                MountPath = $"/etc/prometheus/configmaps/{map}",
                ReadOnlyProperty = true,
            };
        }

        foreach (var mount in Own<List<V1VolumeMount>>(spec["volumeMounts"]) ?? [])
        {
            yield return mount;
        }
    }

    private static IEnumerable<V1Volume> Volumes(PrometheusDesired desired, int shard)
    {
        var names = new PrometheusNames(desired.Cluster);
        var spec = desired.Spec;
        yield return new()
        {
            Name = "config",
            Secret = new V1SecretVolumeSource { SecretName = names.Configuration(shard) },
        };
        for (var index = 0; index < PrometheusLimits.RuleMaps; index++)
        {
            yield return new()
            {
                Name = names.Rules(index),
                ConfigMap = new V1ConfigMapVolumeSource { Name = names.Rules(index), Optional = true },
            };
        }

        if (ClaimTemplateOf(desired) is null)
        {
            yield return spec["storage"]["ephemeral"].Exists
                ? new() { Name = ClaimName(desired), Ephemeral = Own<V1EphemeralVolumeSource>(spec["storage"]["ephemeral"]) }
                : new() { Name = ClaimName(desired), EmptyDir = Own<V1EmptyDirVolumeSource>(spec["storage"]["emptyDir"]) ?? new() };
        }

        foreach (var secret in spec["secrets"].Texts)
        {
            yield return new()
            {
                Name = $"secret-{secret}",
                Secret = new V1SecretVolumeSource { SecretName = secret },
            };
        }

        foreach (var map in spec["configMaps"].Texts)
        {
            yield return new()
            {
                Name = $"configmap-{map}",
                ConfigMap = new V1ConfigMapVolumeSource { Name = map },
            };
        }

        foreach (var volume in Own<List<V1Volume>>(spec["volumes"]) ?? [])
        {
            yield return volume;
        }
    }
}
