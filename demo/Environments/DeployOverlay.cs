namespace GitOpsOperator.Demo.Environments;

/// <summary>What an overlay over deploy/ says beyond the repository.</summary>
/// <param name="LeaseDuration">In seconds; the renew deadline is 3 s less.</param>
internal sealed record OverlayOptions(int Replicas = 2, int LeaseDuration = 15)
{
    /// <summary>The operator's image; null for the one that deploy/ names.</summary>
    public string? Image { get; init; }

    /// <summary>A port that git is reached at besides those that deploy/'s network policy opens.</summary>
    public int? GitPort { get; init; }
}

/// <summary>deploy/ with the repository of a demo, as a user writes it.</summary>
internal static class DeployOverlay
{
    /// <param name="git">The repository, as pods reach it.</param>
    /// <returns>The folder for <c>kubectl apply -k</c>.</returns>
    public static async Task<string> WriteAsync(
        string folder,
        string deploy,
        string git,
        OverlayOptions options,
        CancellationToken cancellationToken
    )
    {
        var overlay = Directory.CreateDirectory(Path.Combine(folder, "overlay")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(overlay, "kustomization.yaml"),
            $"""
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
            {Patches(options)}
            """,
            cancellationToken
        );
        await File.WriteAllTextAsync(
            Path.Combine(overlay, "config.yaml"),
            $"""
            operatorId: default
            repositories:
              - name: clusters
                url: {git}
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

            """,
            cancellationToken
        );
        return overlay;
    }

    private static string Patches(OverlayOptions options)
    {
        // Patched, since kustomize's own field for images wants the name and the tag apart. It may have been loaded into the nodes by hand.
        var image = options.Image is { } name
            ? $$"""
                  - target: {kind: Deployment, name: gitops-operator}
                    patch: |-
                      - {op: replace, path: /spec/template/spec/containers/0/image, value: "{{name}}"}
                      - {op: add, path: /spec/template/spec/containers/0/imagePullPolicy, value: IfNotPresent}

                """
            : "";
        var policy = options.GitPort is { } port
            ? $$"""
                  - target: {kind: NetworkPolicy, name: gitops-operator}
                    patch: |-
                      - {op: add, path: /spec/egress/-, value: {ports: [{protocol: TCP, port: {{port}} }]} }

                """
            : "";
        return image.Length + policy.Length == 0 ? "" : $"patches:\n{image}{policy}";
    }
}
