using GitOpsOperator.Domains.Prometheus.Live;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Specs.Kubernetes;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus.Rendering;

public static partial class PrometheusRendering
{
    /// <summary>
    /// A shard. Pods are made all at once, as upstream does, and restarted by nobody but the planner: a rolling update of Kubernetes' own
    /// may take both replicas down.
    /// </summary>
    /// <param name="replicas">Kept apart from what is hashed: changing their number restarts no pod.</param>
    public static V1StatefulSet StatefulSet(PrometheusDesired desired, int shard, int replicas)
    {
        var rendered = BareStatefulSet(desired, shard);
        var (hash, template) = (HashOf(rendered), TemplateHash(rendered));
        rendered.Spec.Replicas = replicas;
        rendered.Metadata.Annotations[ObjectLabels.SpecHashAnnotation] = hash;
        rendered.Spec.Template.Metadata.Annotations[ObjectLabels.SpecHashAnnotation] = template;
        return rendered;
    }

    /// <summary>Changes with everything but the number of replicas.</summary>
    public static string StatefulSetHash(PrometheusDesired desired, int shard) => HashOf(BareStatefulSet(desired, shard));

    /// <summary>
    /// Changes with everything that a pod would have to be restarted for, and with nothing else: not with the size of its volume.
    /// </summary>
    public static string TemplateHash(PrometheusDesired desired, int shard) => TemplateHash(BareStatefulSet(desired, shard));

    private static string TemplateHash(V1StatefulSet bare)
    {
        var annotations = KubernetesJson.Serialize(
            bare.Spec.Template.Metadata.Annotations.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToDictionary()
        );
        return Hash(
            HashOf(
                new V1StatefulSet
                {
                    Spec = new() { ServiceName = bare.Spec.ServiceName, Template = bare.Spec.Template },
                }
            ) + $" {annotations}"
        );
    }

    /// <summary>What each replica's volume is to be; null where data lies in an emptyDir and goes with the pod.</summary>
    public static ClaimTemplate? Claim(PrometheusDesired desired) => ClaimTemplate.Of(ClaimTemplateOf(desired));

    public static string ServiceName(PrometheusDesired desired) =>
        desired.Spec["serviceName"].NonEmptyText ?? PrometheusNames.GoverningService;

    private static V1StatefulSet BareStatefulSet(PrometheusDesired desired, int shard)
    {
        var names = new PrometheusNames(desired.Cluster);
        var spec = desired.Spec;
        var selector = new Dictionary<string, string>
        {
            ["app.kubernetes.io/instance"] = desired.Cluster.Name,
            ["app.kubernetes.io/managed-by"] = "prometheus-operator",
            ["app.kubernetes.io/name"] = "prometheus",
            ["operator.prometheus.io/name"] = desired.Cluster.Name,
            ["operator.prometheus.io/shard"] = Whole(shard),
            ["prometheus"] = desired.Cluster.Name,
        };
        var podLabels = Texts(spec["podMetadata"]["labels"]);
        foreach (var (key, value) in selector)
        {
            podLabels[key] = value;
        }

        podLabels["app.kubernetes.io/version"] = VersionOf(desired).ToString();
        podLabels[ObjectLabels.Cluster] = desired.Cluster.Name;
        podLabels[ObjectLabels.Owner] = desired.Owner.Label;
        podLabels[ObjectLabels.Member] = names.Shard(shard);
        var podAnnotations = Texts(spec["podMetadata"]["annotations"]);
        podAnnotations["kubectl.kubernetes.io/default-container"] = "prometheus";
        return new()
        {
            ApiVersion = "apps/v1",
            Kind = "StatefulSet",
            Metadata = Metadata(desired, names.Shard(shard)),
            Spec = new V1StatefulSetSpec
            {
                ServiceName = ServiceName(desired),
                PodManagementPolicy = "Parallel",
                UpdateStrategy = new V1StatefulSetUpdateStrategy { Type = "OnDelete" },
                RevisionHistoryLimit = 2,
                MinReadySeconds = (int?)spec["minReadySeconds"].WholeNumber,
                PersistentVolumeClaimRetentionPolicy = Own<V1StatefulSetPersistentVolumeClaimRetentionPolicy>(
                    spec["persistentVolumeClaimRetentionPolicy"]
                ),
                Selector = new V1LabelSelector { MatchLabels = selector },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = podLabels, Annotations = podAnnotations },
                    Spec = PodSpec(desired, shard),
                },
                VolumeClaimTemplates = ClaimTemplateOf(desired) is { } template ? [template] : null,
            },
        };
    }

    /// <summary>Null where data lies in an emptyDir and goes with the pod.</summary>
    private static V1PersistentVolumeClaim? ClaimTemplateOf(PrometheusDesired desired)
    {
        var given = desired.Spec["storage"]["volumeClaimTemplate"];
        if (!given["spec"].Exists)
        {
            return null;
        }

        var spec = given["spec"];
        return new()
        {
            ApiVersion = "v1",
            Kind = "PersistentVolumeClaim",
            Metadata = new V1ObjectMeta
            {
                Name = ClaimName(desired),
                Labels = NoneIfEmpty(Texts(given["metadata"]["labels"])),
                Annotations = NoneIfEmpty(Texts(given["metadata"]["annotations"])),
            },
            Spec = new V1PersistentVolumeClaimSpec
            {
                AccessModes = spec["accessModes"].Exists ? [.. spec["accessModes"].Texts] : ["ReadWriteOnce"],
                StorageClassName = spec["storageClassName"].Text,
                VolumeMode = spec["volumeMode"].NonEmptyText,
                Selector = Own<V1LabelSelector>(spec["selector"]),
                DataSource = Own<V1TypedLocalObjectReference>(spec["dataSource"]),
                DataSourceRef = Own<V1TypedObjectReference>(spec["dataSourceRef"]),
                VolumeName = spec["volumeName"].NonEmptyText,
                VolumeAttributesClassName = spec["volumeAttributesClassName"].NonEmptyText,
                Resources = new V1VolumeResourceRequirements
                {
                    Requests = Quantities(spec["resources"]["requests"]),
                    Limits = Quantities(spec["resources"]["limits"]),
                },
            },
        };
    }

    private static string ClaimName(PrometheusDesired desired) =>
        desired.Spec["storage"]["volumeClaimTemplate"]["metadata"]["name"].NonEmptyText
        ?? new PrometheusNames(desired.Cluster).ClaimTemplate;

    private static Dictionary<string, string> Texts(SpecNode map) =>
        map.Fields.ToDictionary(field => field.Key, field => field.Value.ScalarText ?? "");

    private static Dictionary<string, string>? NoneIfEmpty(Dictionary<string, string> texts) => texts.Count == 0 ? null : texts;

    private static Dictionary<string, ResourceQuantity>? Quantities(SpecNode map) =>
        map.Count == 0 ? null : map.Fields.ToDictionary(field => field.Key, field => new ResourceQuantity(field.Value.ScalarText ?? "0"));
}
