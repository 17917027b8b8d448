using GitOpsOperator.Specs;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Domains.Prometheus.Live;

/// <summary>What a StatefulSet asks for as the volume of each replica.</summary>
/// <param name="Name">Of the template; the claim of a pod is named <c>NAME-POD</c>.</param>
/// <param name="Kind">Everything but the size, in a form that is equal where it is the same volume that is asked for.</param>
public sealed record ClaimTemplate(string Name, Quantity Size, string Kind)
{
    /// <param name="template">As rendered or as the API server has it: what it adds by default is no difference.</param>
    public static ClaimTemplate? Of(V1PersistentVolumeClaim? template)
    {
        if (template?.Spec is not { } spec)
        {
            return null;
        }

        var selector = spec.Selector is { } given ? $", selector {KubernetesJson.Serialize(given)}" : "";
        var kind =
            $"{string.Join(",", spec.AccessModes ?? [])} {spec.VolumeMode ?? "Filesystem"} of "
            + $"{(spec.StorageClassName is { } name ? $"class {name}" : "the default class")}{selector}";
        return new(template.Metadata.Name, SizeOf(template), kind);
    }

    /// <summary>Zero where it asks for none.</summary>
    public static Quantity SizeOf(V1PersistentVolumeClaim claim) =>
        claim.Spec?.Resources?.Requests is { } requests
        && requests.TryGetValue("storage", out var size)
        && Quantity.TryParse(size.ToString(), out var quantity)
            ? quantity
            : default;

    public string ClaimOf(string pod) => $"{Name}-{pod}";
}
