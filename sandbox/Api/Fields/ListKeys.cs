using k8s.Models;

namespace GitOpsOperator.Sandbox.Api.Fields;

internal enum ListMergeKind
{
    /// <summary>Replaced as a whole.</summary>
    Atomic,

    /// <summary>Each value is an item of its own (finalizers).</summary>
    Set,

    /// <summary>Items are told apart by key fields (containers by name).</summary>
    Map,
}

/// <param name="Keys">Server-side apply's key fields.</param>
/// <param name="PatchKey">The key of a strategic merge patch, which is one field only and so at times another.</param>
internal sealed record ListMerge(ListMergeKind Kind, IReadOnlyList<string> Keys, string? PatchKey)
{
    public static ListMerge Atomic { get; } = new(ListMergeKind.Atomic, [], null);
    public static ListMerge Set { get; } = new(ListMergeKind.Set, [], null);

    public static ListMerge By(string key) => new(ListMergeKind.Map, [key], key);

    public static ListMerge By(string patchKey, params string[] keys) => new(ListMergeKind.Map, keys, patchKey);
}

/// <summary>How the lists of the known kinds merge (x-kubernetes-list-type of the real API). A list that is not here is atomic,
/// volumeClaimTemplates among them.</summary>
internal static class ListKeys
{
    private static readonly Dictionary<(Type, string), ListMerge> Known = new()
    {
        [(typeof(V1ObjectMeta), "finalizers")] = ListMerge.Set,
        [(typeof(V1ObjectMeta), "ownerReferences")] = ListMerge.By("uid"),
        [(typeof(V1PodSpec), "containers")] = ListMerge.By("name"),
        [(typeof(V1PodSpec), "initContainers")] = ListMerge.By("name"),
        [(typeof(V1PodSpec), "ephemeralContainers")] = ListMerge.By("name"),
        [(typeof(V1PodSpec), "volumes")] = ListMerge.By("name"),
        [(typeof(V1PodSpec), "imagePullSecrets")] = ListMerge.By("name"),
        [(typeof(V1PodSpec), "hostAliases")] = ListMerge.By("ip"),
        [(typeof(V1PodSpec), "topologySpreadConstraints")] = ListMerge.By("topologyKey", "topologyKey", "whenUnsatisfiable"),
        [(typeof(V1PodSpec), "readinessGates")] = ListMerge.Atomic,
        [(typeof(V1Container), "env")] = ListMerge.By("name"),
        [(typeof(V1Container), "ports")] = ListMerge.By("containerPort", "containerPort", "protocol"),
        [(typeof(V1Container), "volumeMounts")] = ListMerge.By("mountPath"),
        [(typeof(V1Container), "volumeDevices")] = ListMerge.By("devicePath"),
        [(typeof(V1ResourceRequirements), "claims")] = ListMerge.By("name"),
        [(typeof(V1ServiceSpec), "ports")] = ListMerge.By("port", "port", "protocol"),
        [(typeof(V1ServiceAccount), "secrets")] = ListMerge.By("name"),
        [(typeof(V1PodStatus), "conditions")] = ListMerge.By("type"),
        [(typeof(V1PodStatus), "podIPs")] = ListMerge.By("ip"),
        [(typeof(V1StatefulSetStatus), "conditions")] = ListMerge.By("type"),
        [(typeof(V1ServiceStatus), "conditions")] = ListMerge.By("type"),
        [(typeof(V1NamespaceStatus), "conditions")] = ListMerge.By("type"),
        [(typeof(V1PersistentVolumeClaimStatus), "conditions")] = ListMerge.By("type"),
        [(typeof(V1PodDisruptionBudgetStatus), "conditions")] = ListMerge.By("type"),
        [(typeof(V1NodeStatus), "conditions")] = ListMerge.By("type"),
        [(typeof(V1NodeStatus), "addresses")] = ListMerge.By("type"),
        [(typeof(V1NodeSpec), "podCIDRs")] = ListMerge.Set,
        [(typeof(V1EndpointSlice), "ports")] = ListMerge.Atomic,
    };

    /// <summary>Objects that are owned as one value (x-kubernetes-map-type: atomic).</summary>
    public static IReadOnlySet<Type> AtomicStructs { get; } =
        new HashSet<Type>
        {
            typeof(V1LabelSelector),
            typeof(V1ObjectReference),
            typeof(V1LocalObjectReference),
            typeof(V1OwnerReference),
            typeof(V1SecretKeySelector),
            typeof(V1ConfigMapKeySelector),
            typeof(V1ObjectFieldSelector),
            typeof(V1ResourceFieldSelector),
            typeof(V1NodeSelector),
            typeof(V1NodeSelectorTerm),
            typeof(V1TypedLocalObjectReference),
            typeof(V1SecretReference),
            typeof(V1EndpointAddress),
            typeof(Corev1EndpointPort),
        };

    public static ListMerge For(Type model, string field) => Known.GetValueOrDefault((model, field), ListMerge.Atomic);
}
