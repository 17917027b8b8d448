namespace GitOpsOperator.Sandbox.Story;

/// <summary>The service account that a Prometheus finds its targets with: as upstream, users make it themselves.</summary>
internal static class PrometheusAccess
{
    public static async Task GrantAsync(Stage stage, CancellationToken cancellationToken)
    {
        await stage.KubectlAsync(["create", "serviceaccount", "prometheus"], cancellationToken);
        await stage.KubectlAsync(
            ["create", "clusterrole", "prometheus", "--verb=get,list,watch", "--resource=services,endpoints,pods,endpointslices.discovery.k8s.io"], cancellationToken);
        await stage.KubectlAsync(["create", "clusterrolebinding", "prometheus", "--clusterrole=prometheus", "--serviceaccount=default:prometheus"], cancellationToken);
    }
}
