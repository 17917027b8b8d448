using System.Text;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>
/// What a pod asks the API server with: its service account's token and the authority to trust, where every client library looks for
/// them. The token is asked for as a kubelet does (TokenRequest), so a real API server serves it as well.
/// </summary>
internal sealed class ServiceAccountFiles(IKubernetes client, byte[] authority)
{
    public const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Writes them into a folder on the node and returns it; null where the pod wants none.</summary>
    public async Task<string?> WriteAsync(V1Pod pod, string folder, CancellationToken cancellationToken)
    {
        // The default account has no rights to anything, and pods that name none do not expect more.
        if (
            pod.Spec.AutomountServiceAccountToken == false
            || pod.Spec.ServiceAccountName is not { Length: > 0 } account
            || account == "default"
        )
        {
            return null;
        }

        var @namespace = pod.Metadata.NamespaceProperty;
        var issued = await client.CoreV1.CreateNamespacedServiceAccountTokenAsync(
            new Authenticationv1TokenRequest
            {
                Spec = new V1TokenRequestSpec { Audiences = [], ExpirationSeconds = 24 * 3600 },
            },
            account,
            @namespace,
            cancellationToken: cancellationToken
        );
        ProjectedFolder.Write(
            folder,
            new Dictionary<string, byte[]>
            {
                ["ca.crt"] = authority,
                ["namespace"] = Encoding.UTF8.GetBytes(@namespace),
                ["token"] = Encoding.UTF8.GetBytes(issued.Status.Token),
            }
        );
        return folder;
    }
}
