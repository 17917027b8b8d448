using GitOpsOperator.Sandbox.Api.Fields;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>The kinds that the server has from the start. A further one is a line here, or a definition at run time
/// (<see cref="Definitions.DefinedKinds"/>).</summary>
internal static class Kinds
{
    public static ResourceKind Namespace { get; } =
        new(
            "",
            "v1",
            "Namespace",
            "namespaces",
            Schema.Of<V1Namespace>(),
            ["ns"],
            Namespaced: false,
            HasStatus: true,
            SubdomainName: false
        );

    public static ResourceKind Pod { get; } = new("", "v1", "Pod", "pods", Schema.Of<V1Pod>(), ["po"], HasStatus: true);

    public static ResourceKind StatefulSet { get; } =
        new("apps", "v1", "StatefulSet", "statefulsets", Schema.Of<V1StatefulSet>(), ["sts"], HasStatus: true, HasGeneration: true);

    public static ResourceKind Deployment { get; } =
        new("apps", "v1", "Deployment", "deployments", Schema.Of<V1Deployment>(), ["deploy"], HasStatus: true, HasGeneration: true);

    /// <summary>Those with a scale subresource: so many pods, all made from one template.</summary>
    public static IReadOnlyList<ResourceKind> Scalable { get; } = [StatefulSet, Deployment];

    public static ResourceKind PodDisruptionBudget { get; } =
        new(
            "policy",
            "v1",
            "PodDisruptionBudget",
            "poddisruptionbudgets",
            Schema.Of<V1PodDisruptionBudget>(),
            ["pdb"],
            HasStatus: true,
            HasGeneration: true
        );

    public static ResourceKind Definition { get; } =
        new(
            "apiextensions.k8s.io",
            "v1",
            "CustomResourceDefinition",
            "customresourcedefinitions",
            Schema.Of<V1CustomResourceDefinition>(),
            ["crd", "crds"],
            Namespaced: false,
            HasStatus: true,
            HasGeneration: true
        );

    public static IReadOnlyList<ResourceKind> BuiltIn { get; } =
    [
        Namespace,
        Pod,
        new("", "v1", "Service", "services", Schema.Of<V1Service>(), ["svc"], HasStatus: true, SubdomainName: false),
        new("", "v1", "ConfigMap", "configmaps", Schema.Of<V1ConfigMap>(), ["cm"]),
        new("", "v1", "Secret", "secrets", Schema.Of<V1Secret>(), []),
        new("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", Schema.Of<V1PersistentVolumeClaim>(), ["pvc"], HasStatus: true),
        new("", "v1", "PersistentVolume", "persistentvolumes", Schema.Of<V1PersistentVolume>(), ["pv"], Namespaced: false, HasStatus: true),
        new("", "v1", "Event", "events", Schema.Of<Corev1Event>(), ["ev"]),
        new("", "v1", "Node", "nodes", Schema.Of<V1Node>(), ["no"], Namespaced: false, HasStatus: true),
        new("", "v1", "ServiceAccount", "serviceaccounts", Schema.Of<V1ServiceAccount>(), ["sa"]),
        new("", "v1", "Endpoints", "endpoints", Schema.Of<V1Endpoints>(), ["ep"]),
        StatefulSet,
        new("apps", "v1", "ControllerRevision", "controllerrevisions", Schema.Of<V1ControllerRevision>(), []),
        Deployment,
        PodDisruptionBudget,
        Definition,
        new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", Schema.Of<V1NetworkPolicy>(), ["netpol"], HasGeneration: true),
        new("rbac.authorization.k8s.io", "v1", "Role", "roles", Schema.Of<V1Role>(), []),
        new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", Schema.Of<V1RoleBinding>(), []),
        new("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", Schema.Of<V1ClusterRole>(), [], Namespaced: false),
        new(
            "rbac.authorization.k8s.io",
            "v1",
            "ClusterRoleBinding",
            "clusterrolebindings",
            Schema.Of<V1ClusterRoleBinding>(),
            [],
            Namespaced: false
        ),
        new("coordination.k8s.io", "v1", "Lease", "leases", Schema.Of<V1Lease>(), []),
        new("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", Schema.Of<V1EndpointSlice>(), []),
    ];

    /// <summary>One of the built-in kinds.</summary>
    public static ResourceKind? Find(string group, string version, string plural) =>
        BuiltIn.FirstOrDefault(kind => kind.Group == group && kind.Version == version && kind.Plural == plural);
}
