using GitOpsOperator.Drift;
using GitOpsOperator.Drift.Watching;
using GitOpsOperator.Reconcile.Projections;
using GitOpsOperator.Specs;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Operator.Projections;

/// <summary>The calls that read and write the projected objects of one kind.</summary>
internal sealed class ProjectionCalls(IKubernetes client, DocumentKind kind)
{
    private readonly string _plural = kind.Plural ?? throw new ArgumentException($"{kind.Name} is not shown as objects", nameof(kind));

    /// <summary>An API server without the definition is the rule where nobody has installed it.</summary>
    public Collection<ProjectedObject, ProjectedObjectList> Collection => new(
        kind.Name,
        (next, limit, token) => client.CustomObjects.ListClusterCustomObjectAsync<ProjectedObjectList>(
            kind.ApiGroup, kind.Version, _plural, continueParameter: next, limit: limit, cancellationToken: token),
        WatchAsync)
    { MayBeMissing = true };

    public Task<ProjectedObject> ApplyAsync(ProjectedObject wanted, CancellationToken cancellationToken) => client.CustomObjects.PatchNamespacedCustomObjectAsync<ProjectedObject>(
        new V1Patch(wanted, V1Patch.PatchType.ApplyPatch), kind.ApiGroup, kind.Version, wanted.Metadata.NamespaceProperty, _plural, wanted.Metadata.Name,
        fieldManager: ObjectLabels.FieldManager, force: true, cancellationToken: cancellationToken);

    public Task<ProjectedObject> ApplyStatusAsync(ProjectedObject wanted, CancellationToken cancellationToken) => client.CustomObjects.PatchNamespacedCustomObjectStatusAsync<ProjectedObject>(
        new V1Patch(wanted, V1Patch.PatchType.ApplyPatch), kind.ApiGroup, kind.Version, wanted.Metadata.NamespaceProperty, _plural, wanted.Metadata.Name,
        fieldManager: ObjectLabels.FieldManager, force: true, cancellationToken: cancellationToken);

    public Task DeleteAsync(ProjectedObject live, CancellationToken cancellationToken) => client.CustomObjects.DeleteNamespacedCustomObjectAsync(
        kind.ApiGroup, kind.Version, live.Metadata.NamespaceProperty, _plural, live.Metadata.Name,
        new V1DeleteOptions { Preconditions = new() { Uid = live.Metadata.Uid } }, cancellationToken: cancellationToken);

    private async IAsyncEnumerable<(WatchEventType Type, ProjectedObject Item)> WatchAsync(
        string version, int seconds, Action<Exception> failed, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = client.CustomObjects.WatchListClusterCustomObjectAsync(
            kind.ApiGroup, kind.Version, _plural, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: failed, cancellationToken: cancellationToken);
        await foreach (var (type, item) in events.WithCancellation(cancellationToken))
        {
            yield return (type, KubernetesJson.Deserialize<ProjectedObject>(KubernetesJson.Serialize(item)));
        }
    }
}
