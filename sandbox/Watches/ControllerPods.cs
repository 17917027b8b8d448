using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Watches;

/// <summary>What controllers that make pods have in common: whose a pod is, and its deletion.</summary>
internal static class ControllerPods
{
    /// <summary>The reference by which a pod goes with its controller.</summary>
    public static V1OwnerReference Reference(string kind, V1ObjectMeta controller) =>
        new()
        {
            ApiVersion = "apps/v1",
            Kind = kind,
            Name = controller.Name,
            Uid = controller.Uid,
            Controller = true,
            BlockOwnerDeletion = true,
        };

    public static bool IsOwnedBy(V1ObjectMeta pod, V1ObjectMeta controller) =>
        pod.OwnerReferences?.Any(owner => owner.Controller == true && owner.Uid == controller.Uid) == true;

    /// <summary>
    /// Makes a pod that belongs to nobody a controller's; one that is gone or changed meanwhile is left to the watch. The controller is
    /// read anew first, as Kubernetes' own do: whoever deletes it and leaves the pods would lose them if it took them back on its way out.
    /// </summary>
    public static async Task AdoptAsync<T>(
        IKubernetes client,
        V1Pod pod,
        V1OwnerReference reference,
        Func<Task<T>> read,
        CancellationToken cancellationToken
    )
        where T : IMetadata<V1ObjectMeta>
    {
        try
        {
            if ((await read()).Metadata is var controller && (controller.Uid != reference.Uid || controller.DeletionTimestamp is not null))
            {
                return;
            }

            await client.CoreV1.PatchNamespacedPodAsync(
                new V1Patch(
                    new
                    {
                        metadata = new
                        {
                            uid = pod.Metadata.Uid,
                            resourceVersion = pod.Metadata.ResourceVersion,
                            ownerReferences = new[] { reference },
                        },
                    },
                    V1Patch.PatchType.MergePatch
                ),
                pod.Metadata.Name,
                pod.Metadata.NamespaceProperty,
                cancellationToken: cancellationToken
            );
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict) { }
    }

    /// <summary>Deletes just this pod; one that is gone already, or replaced by another of the same name, is left to the watch.</summary>
    public static async Task DeleteAsync(IKubernetes client, V1Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            await client.CoreV1.DeleteNamespacedPodAsync(
                pod.Metadata.Name,
                pod.Metadata.NamespaceProperty,
                new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } },
                cancellationToken: cancellationToken
            );
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict) { }
    }
}
