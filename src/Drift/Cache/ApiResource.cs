namespace GitOpsOperator.Drift.Cache;

/// <summary>A kind of object as the API server's paths name it.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Plural">How URLs name the kind.</param>
public sealed record ApiResource(string Kind, string Group, string Version, string Plural)
{
    /// <summary>
    /// An API server without this kind is one that can be lived with. Where it is false, a 404 is an error like any other: it may as well
    /// come from an address that is no API server at all.
    /// </summary>
    public bool MayBeMissing { get; init; }

    /// <summary>Its objects are in no namespace.</summary>
    public bool IsClusterScoped { get; init; }

    /// <param name="namespace">Null for all of them, or where the kind knows none.</param>
    /// <param name="name">Null for the collection.</param>
    internal string PathOf(string? @namespace, string? name = null)
    {
        var root = Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
        var scope = @namespace is null ? "" : $"/namespaces/{Uri.EscapeDataString(@namespace)}";
        return $"{root}{scope}/{Plural}{(name is null ? "" : $"/{Uri.EscapeDataString(name)}")}";
    }
}

/// <summary>Kubernetes' own kinds.</summary>
public static class ApiResources
{
    public static readonly ApiResource StatefulSets = new("StatefulSet", "apps", "v1", "statefulsets");
    public static readonly ApiResource Pods = new("Pod", "", "v1", "pods");
    public static readonly ApiResource Claims = new("PersistentVolumeClaim", "", "v1", "persistentvolumeclaims");
    public static readonly ApiResource ConfigMaps = new("ConfigMap", "", "v1", "configmaps");
    public static readonly ApiResource Secrets = new("Secret", "", "v1", "secrets");
    public static readonly ApiResource Services = new("Service", "", "v1", "services");
    public static readonly ApiResource Namespaces = new("Namespace", "", "v1", "namespaces") { IsClusterScoped = true };

    /// <summary>policy/v1 came with Kubernetes 1.21; before, and where it is switched off, clusters go without a budget.</summary>
    public static readonly ApiResource DisruptionBudgets = new("PodDisruptionBudget", "policy", "v1", "poddisruptionbudgets")
    {
        MayBeMissing = true,
    };

    /// <summary>
    /// A kind that somebody's CustomResourceDefinition adds. An API server without the definition is the rule where nobody has installed
    /// it.
    /// </summary>
    public static ApiResource Custom(string kind, string group, string version, string plural) =>
        new(kind, group, version, plural) { MayBeMissing = true };
}
