namespace GitOpsOperator.Demo.Environments;

/// <summary>The service account that a Prometheus finds its targets with: as upstream, users make it themselves.</summary>
internal static class PrometheusAccess
{
    private const string Yaml = """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: prometheus, namespace: default}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: prometheus}
        rules:
        - apiGroups: [""]
          resources: [services, endpoints, pods]
          verbs: [get, list, watch]
        - apiGroups: [discovery.k8s.io]
          resources: [endpointslices]
          verbs: [get, list, watch]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: prometheus}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: prometheus}
        subjects:
        - {kind: ServiceAccount, name: prometheus, namespace: default}
        """;

    public static async Task GrantAsync(SandboxEnvironment environment, CancellationToken cancellationToken)
    {
        var file = environment.Kubeconfig + ".prometheus.yaml";
        await File.WriteAllTextAsync(file, Yaml, cancellationToken);
        await environment.KubectlAsync(["apply", "--server-side", "-f", file], cancellationToken);
    }
}
