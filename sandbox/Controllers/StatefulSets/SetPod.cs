using System.Globalization;
using GitOpsOperator.Sandbox.Watches;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Controllers.StatefulSets;

/// <summary>Pods and claims of a StatefulSet as Kubernetes' own controller writes them.</summary>
internal static class SetPod
{
    public const string NameLabel = "statefulset.kubernetes.io/pod-name";
    public const string IndexLabel = "apps.kubernetes.io/pod-index";

    public static string Name(V1StatefulSet set, int ordinal) =>
        string.Create(CultureInfo.InvariantCulture, $"{set.Metadata.Name}-{ordinal}");

    public static string ClaimName(V1StatefulSet set, V1PersistentVolumeClaim template, int ordinal) =>
        $"{template.Metadata.Name}-{Name(set, ordinal)}";

    /// <summary>The ordinal in a pod's name; null when the name is not one of the set's.</summary>
    public static int? Ordinal(V1StatefulSet set, string podName)
    {
        var prefix = set.Metadata.Name + "-";
        return
            podName.StartsWith(prefix, StringComparison.Ordinal)
            && int.TryParse(podName.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            && Name(set, ordinal) == podName
            ? ordinal
            : null;
    }

    public static V1Pod Render(V1StatefulSet set, int ordinal, string revision)
    {
        var template = set.Spec.Template;
        var name = Name(set, ordinal);

        // A copy: the set's own template is shared by all pods and stands in the cache.
        var spec = KubernetesJson.Deserialize<V1PodSpec>(KubernetesJson.Serialize(template.Spec));
        spec.Hostname = name;
        spec.Subdomain = set.Spec.ServiceName;
        spec.Volumes = [.. Volumes(set, ordinal, spec.Volumes ?? [])];

        return new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new V1ObjectMeta
            {
                Name = name,

                // Of no use with a name beside it, and there all the same.
                GenerateName = set.Metadata.Name + "-",
                NamespaceProperty = set.Metadata.NamespaceProperty,
                Annotations = template.Metadata?.Annotations is { } annotations ? new Dictionary<string, string>(annotations) : null,
                Labels = new Dictionary<string, string>(template.Metadata?.Labels ?? new Dictionary<string, string>())
                {
                    [TemplateRevision.Label] = revision,
                    [NameLabel] = name,
                    [IndexLabel] = ordinal.ToString(CultureInfo.InvariantCulture),
                },
                OwnerReferences = [ControllerPods.Reference("StatefulSet", set.Metadata)],
            },
            Spec = spec,
        };
    }

    public static V1PersistentVolumeClaim RenderClaim(V1StatefulSet set, V1PersistentVolumeClaim template, int ordinal) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "PersistentVolumeClaim",
            Metadata = new V1ObjectMeta
            {
                Name = ClaimName(set, template, ordinal),
                NamespaceProperty = set.Metadata.NamespaceProperty,
                Annotations = template.Metadata.Annotations,

                // The set's selector, so that the claims of a set can be found by its labels.
                Labels = Merge(template.Metadata.Labels, set.Spec.Selector?.MatchLabels),
            },
            Spec = template.Spec,
        };

    private static IEnumerable<V1Volume> Volumes(V1StatefulSet set, int ordinal, IList<V1Volume> fromTemplate)
    {
        var claims = set.Spec.VolumeClaimTemplates ?? [];

        // A claim wins over a volume of the same name in the template, as in Kubernetes.
        foreach (var volume in fromTemplate.Where(volume => claims.All(claim => claim.Metadata.Name != volume.Name)))
        {
            yield return volume;
        }

        foreach (var claim in claims)
        {
            yield return new V1Volume
            {
                Name = claim.Metadata.Name,
                PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = ClaimName(set, claim, ordinal) },
            };
        }
    }

    private static Dictionary<string, string> Merge(IDictionary<string, string>? first, IDictionary<string, string>? second)
    {
        var merged = new Dictionary<string, string>(first ?? new Dictionary<string, string>());
        foreach (var (key, value) in second ?? new Dictionary<string, string>())
        {
            merged[key] = value;
        }

        return merged;
    }
}
