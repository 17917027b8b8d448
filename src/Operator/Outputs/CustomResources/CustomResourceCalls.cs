using GitOpsOperator.Drift.Cache;
using GitOpsOperator.Drift.Owners;
using GitOpsOperator.Specs;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Operator.Outputs.CustomResources;

/// <summary>The calls that read and write the custom resources of one kind.</summary>
internal sealed class CustomResourceCalls(IKubernetes client, ProjectedKind kind)
{
    public ApiResource Resource => ApiResources.Custom(kind.Name, ProjectedKind.Group, ProjectedKind.Version, kind.Plural);

    public Task<CustomObject> ApplyAsync(CustomObject desired, CancellationToken cancellationToken) =>
        client.CustomObjects.PatchNamespacedCustomObjectAsync<CustomObject>(
            new V1Patch(desired, V1Patch.PatchType.ApplyPatch),
            ProjectedKind.Group,
            ProjectedKind.Version,
            desired.Metadata.NamespaceProperty,
            kind.Plural,
            desired.Metadata.Name,
            fieldManager: ObjectLabels.FieldManager,
            force: true,
            cancellationToken: cancellationToken
        );

    public Task<CustomObject> ApplyStatusAsync(CustomObject desired, CancellationToken cancellationToken) =>
        client.CustomObjects.PatchNamespacedCustomObjectStatusAsync<CustomObject>(
            new V1Patch(desired, V1Patch.PatchType.ApplyPatch),
            ProjectedKind.Group,
            ProjectedKind.Version,
            desired.Metadata.NamespaceProperty,
            kind.Plural,
            desired.Metadata.Name,
            fieldManager: ObjectLabels.FieldManager,
            force: true,
            cancellationToken: cancellationToken
        );

    public Task DeleteAsync(CustomObject live, CancellationToken cancellationToken) =>
        client.CustomObjects.DeleteNamespacedCustomObjectAsync(
            ProjectedKind.Group,
            ProjectedKind.Version,
            live.Metadata.NamespaceProperty,
            kind.Plural,
            live.Metadata.Name,
            new V1DeleteOptions { Preconditions = new() { Uid = live.Metadata.Uid } },
            cancellationToken: cancellationToken
        );
}
