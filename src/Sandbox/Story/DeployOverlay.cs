namespace GitOpsOperator.Sandbox.Story;

/// <summary>What an overlay over deploy/ says beyond the repository.</summary>
/// <param name="LeaseDuration">In seconds; the renew deadline is 3 s less.</param>
internal sealed record OverlayOptions(int Replicas = 2, int LeaseDuration = 15);

/// <summary>deploy/ with the repository of a story, as a user writes it.</summary>
internal static class DeployOverlay
{
    /// <returns>The folder for <c>kubectl apply -k</c>.</returns>
    public static async Task<string> WriteAsync(string folder, string deploy, Stage stage, OverlayOptions options, CancellationToken cancellationToken)
    {
        var overlay = Directory.CreateDirectory(Path.Combine(folder, "overlay")).FullName;
        await File.WriteAllTextAsync(Path.Combine(overlay, "kustomization.yaml"), $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            namespace: {OperatorAccess.Namespace}
            resources:
              - {Path.GetRelativePath(overlay, Path.GetFullPath(deploy))}
            replicas:
              - name: gitops-operator
                count: {options.Replicas}
            configMapGenerator:
              - name: gitops-operator-config
                behavior: replace
                files: [config.yaml]

            """, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(overlay, "config.yaml"), $"""
            operatorId: default
            repositories:
              - name: clusters
                url: {stage.GitInside}
                path: clusters
                interval: 2s
            leaderElection:
              leaseDuration: {options.LeaseDuration}s
              renewDeadline: {options.LeaseDuration - 3}s
            timing:
              statusWindow: 1s
              settle: 5s
              grace: 30s
            http:
              listen: "*:8080"

            """, cancellationToken);
        return overlay;
    }
}
