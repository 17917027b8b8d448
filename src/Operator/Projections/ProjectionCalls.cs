using GitOpsOperator.Drift;
using GitOpsOperator.Drift.Watching;
using GitOpsOperator.Specs;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Operator.Projections;

/// <summary>The calls that read and write the projected objects of one kind.</summary>
internal sealed class ProjectionCalls(IKubernetes client, DocumentKind kind)
{
    private readonly string _plural = kind.Plural ?? throw new ArgumentException($"{kind.Name} is not shown as objects", nameof(kind));

    public Collection<CustomObject, CustomObjectList> Collection => CustomCollection.Of(client, kind.Name, kind.ApiGroup, kind.Version, _plural);

    public Task<CustomObject> ApplyAsync(CustomObject wanted, CancellationToken cancellationToken) => client.CustomObjects.PatchNamespacedCustomObjectAsync<CustomObject>(
        new V1Patch(wanted, V1Patch.PatchType.ApplyPatch), kind.ApiGroup, kind.Version, wanted.Metadata.NamespaceProperty, _plural, wanted.Metadata.Name,
        fieldManager: ObjectLabels.FieldManager, force: true, cancellationToken: cancellationToken);

    public Task<CustomObject> ApplyStatusAsync(CustomObject wanted, CancellationToken cancellationToken) => client.CustomObjects.PatchNamespacedCustomObjectStatusAsync<CustomObject>(
        new V1Patch(wanted, V1Patch.PatchType.ApplyPatch), kind.ApiGroup, kind.Version, wanted.Metadata.NamespaceProperty, _plural, wanted.Metadata.Name,
        fieldManager: ObjectLabels.FieldManager, force: true, cancellationToken: cancellationToken);

    public Task DeleteAsync(CustomObject live, CancellationToken cancellationToken) => client.CustomObjects.DeleteNamespacedCustomObjectAsync(
        kind.ApiGroup, kind.Version, live.Metadata.NamespaceProperty, _plural, live.Metadata.Name,
        new V1DeleteOptions { Preconditions = new() { Uid = live.Metadata.Uid } }, cancellationToken: cancellationToken);
}
