using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Node;

/// <summary>The volume of a claim as the API has it: what a provisioner of folders writes, made with its claim and gone with it.</summary>
internal static class ClaimVolume
{
    private const string Provisioner = "gitops-operator.dev/sandbox";

    public static string NameOf(string claimUid) => $"pvc-{claimUid}";

    /// <summary>Makes the volume as large as its claim asks, and binds the two to each other.</summary>
    public static async Task BindAsync(
        IKubernetes client,
        V1PersistentVolumeClaim claim,
        string node,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var volume = Render(claim, node, folder);
        try
        {
            await client.CoreV1.CreatePersistentVolumeAsync(volume, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
        {
            await client.CoreV1.PatchPersistentVolumeAsync(
                new V1Patch(new { spec = new { capacity = volume.Spec.Capacity } }, V1Patch.PatchType.MergePatch),
                volume.Metadata.Name,
                cancellationToken: cancellationToken
            );
        }

        await client.CoreV1.PatchPersistentVolumeStatusAsync(Phase("Bound"), volume.Metadata.Name, cancellationToken: cancellationToken);
        if (string.IsNullOrEmpty(claim.Spec.VolumeName))
        {
            var bound = new { metadata = new { uid = claim.Metadata.Uid }, spec = new { volumeName = volume.Metadata.Name } };
            await client.CoreV1.PatchNamespacedPersistentVolumeClaimAsync(
                new V1Patch(bound, V1Patch.PatchType.MergePatch),
                claim.Metadata.Name,
                claim.Metadata.NamespaceProperty,
                cancellationToken: cancellationToken
            );
        }

        var status = new
        {
            phase = "Bound",
            accessModes = claim.Spec.AccessModes,
            capacity = volume.Spec.Capacity,
        };
        await client.CoreV1.PatchNamespacedPersistentVolumeClaimStatusAsync(
            new V1Patch(new { metadata = new { uid = claim.Metadata.Uid }, status }, V1Patch.PatchType.MergePatch),
            claim.Metadata.Name,
            claim.Metadata.NamespaceProperty,
            cancellationToken: cancellationToken
        );
    }

    /// <summary>To be called when the claim is gone.</summary>
    public static async Task DeleteAsync(IKubernetes client, string claimUid, CancellationToken cancellationToken)
    {
        try
        {
            await client.CoreV1.PatchPersistentVolumeStatusAsync(Phase("Released"), NameOf(claimUid), cancellationToken: cancellationToken);
            await client.CoreV1.DeletePersistentVolumeAsync(NameOf(claimUid), cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            // A claim that was never bound has none.
        }
    }

    private static V1Patch Phase(string phase) => new(new { status = new { phase } }, V1Patch.PatchType.MergePatch);

    private static V1PersistentVolume Render(V1PersistentVolumeClaim claim, string node, string folder) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "PersistentVolume",
            Metadata = new V1ObjectMeta
            {
                Name = NameOf(claim.Metadata.Uid),
                Annotations = new Dictionary<string, string> { ["pv.kubernetes.io/provisioned-by"] = Provisioner },
            },
            Spec = new V1PersistentVolumeSpec
            {
                Capacity = claim.Spec.Resources?.Requests,
                AccessModes = claim.Spec.AccessModes,
                StorageClassName = claim.Spec.StorageClassName,
                VolumeMode = claim.Spec.VolumeMode,
                PersistentVolumeReclaimPolicy = "Delete",
                ClaimRef = new V1ObjectReference
                {
                    ApiVersion = "v1",
                    Kind = "PersistentVolumeClaim",
                    Name = claim.Metadata.Name,
                    NamespaceProperty = claim.Metadata.NamespaceProperty,
                    Uid = claim.Metadata.Uid,
                },
                HostPath = new V1HostPathVolumeSource { Path = folder, Type = "DirectoryOrCreate" },
                NodeAffinity = new V1VolumeNodeAffinity
                {
                    Required = new V1NodeSelector
                    {
                        NodeSelectorTerms =
                        [
                            new V1NodeSelectorTerm
                            {
                                MatchExpressions =
                                [
                                    new()
                                    {
                                        Key = NodeObject.HostnameLabel,
                                        OperatorProperty = "In",
                                        Values = [node],
                                    },
                                ],
                            },
                        ],
                    },
                },
            },
        };
}
