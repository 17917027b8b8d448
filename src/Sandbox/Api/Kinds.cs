using k8s.Models;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>The kinds that the server knows. A further one is a line here.</summary>
internal static class Kinds
{
    public static ResourceKind Namespace { get; } =
        new("", "v1", "Namespace", "namespaces", typeof(V1Namespace), ["ns"], Namespaced: false, HasStatus: true, SubdomainName: false);

    public static ResourceKind Pod { get; } = new("", "v1", "Pod", "pods", typeof(V1Pod), ["po"], HasStatus: true);

    public static ResourceKind StatefulSet { get; } =
        new("apps", "v1", "StatefulSet", "statefulsets", typeof(V1StatefulSet), ["sts"], HasStatus: true, HasGeneration: true);

    public static ResourceKind PodDisruptionBudget { get; } =
        new("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", typeof(V1PodDisruptionBudget), ["pdb"], HasStatus: true, HasGeneration: true);

    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        Namespace,
        Pod,
        new("", "v1", "Service", "services", typeof(V1Service), ["svc"], HasStatus: true, SubdomainName: false),
        new("", "v1", "ConfigMap", "configmaps", typeof(V1ConfigMap), ["cm"]),
        new("", "v1", "Secret", "secrets", typeof(V1Secret), []),
        new("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", typeof(V1PersistentVolumeClaim), ["pvc"], HasStatus: true),
        new("", "v1", "PersistentVolume", "persistentvolumes", typeof(V1PersistentVolume), ["pv"], Namespaced: false, HasStatus: true),
        new("", "v1", "Event", "events", typeof(Corev1Event), ["ev"]),
        new("", "v1", "Node", "nodes", typeof(V1Node), ["no"], Namespaced: false, HasStatus: true),
        new("", "v1", "ServiceAccount", "serviceaccounts", typeof(V1ServiceAccount), ["sa"]),
        new("", "v1", "Endpoints", "endpoints", typeof(V1Endpoints), ["ep"]),
        StatefulSet,
        new("apps", "v1", "ControllerRevision", "controllerrevisions", typeof(V1ControllerRevision), []),
        new("apps", "v1", "Deployment", "deployments", typeof(V1Deployment), ["deploy"], HasStatus: true, HasGeneration: true),
        PodDisruptionBudget,
        new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", typeof(V1NetworkPolicy), ["netpol"], HasGeneration: true),
        new("rbac.authorization.k8s.io", "v1", "Role", "roles", typeof(V1Role), []),
        new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", typeof(V1RoleBinding), []),
        new("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", typeof(V1ClusterRole), [], Namespaced: false),
        new("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", typeof(V1ClusterRoleBinding), [], Namespaced: false),
        new("coordination.k8s.io", "v1", "Lease", "leases", typeof(V1Lease), []),
        new("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", typeof(V1EndpointSlice), []),
    ];

    public static ResourceKind? Find(string group, string version, string plural) =>
        All.FirstOrDefault(kind => kind.Group == group && kind.Version == version && kind.Plural == plural);
}
