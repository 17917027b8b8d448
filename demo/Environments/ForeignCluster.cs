namespace GitOpsOperator.Demo.Environments;

/// <summary>A cluster that is there already, to run a demo on: kind, minikube, any.</summary>
/// <param name="Kubectl">The program.</param>
/// <param name="Kubeconfig">Of somebody who may install the operator.</param>
/// <param name="Image">The operator's image, as the cluster pulls it or its nodes have it.</param>
/// <param name="SandboxImage">The sandbox's image, in the same way.</param>
public sealed record ForeignCluster(string Kubectl, string Kubeconfig, string Image, string SandboxImage)
{
    /// <param name="sandboxImage">Null for <c>gitops-sandbox</c> where the operator's image is, with the same tag.</param>
    public static ForeignCluster With(string kubectl, string kubeconfig, string image, string? sandboxImage) =>
        new(kubectl, kubeconfig, image, sandboxImage ?? Beside(image));

    /// <summary>A tag and a registry's folders are kept; a digest is another image's and is not.</summary>
    internal static string Beside(string image)
    {
        var undigested = image.Split('@')[0];
        var name = undigested.LastIndexOf('/') + 1;
        var tag = undigested.IndexOf(':', name);
        return undigested[..name] + DemoPrograms.SandboxName + (tag < 0 ? "" : undigested[tag..]);
    }
}
