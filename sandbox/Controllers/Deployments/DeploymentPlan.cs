using GitOpsOperator.Sandbox.Controllers.StatefulSets;
using GitOpsOperator.Sandbox.Watches;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Controllers.Deployments;

/// <summary>What the controller does next to a Deployment's pods.</summary>
internal sealed record DeploymentActions(int Create, IReadOnlyList<V1Pod> Delete);

/// <summary>
/// The decisions of the controller, apart from the calls. Kubernetes keeps a ReplicaSet for each template; here pods belong to the
/// Deployment itself, because nothing in the sandbox rolls back.
/// </summary>
internal static class DeploymentPlan
{
    public const string HashLabel = "pod-template-hash";

    /// <summary>A rolling update with one pod more than wanted at most, and never fewer that are ready than wanted.</summary>
    /// <param name="owned">The Deployment's own pods, those that are ending too.</param>
    public static DeploymentActions Next(V1Deployment deployment, IReadOnlyCollection<V1Pod> owned, string hash)
    {
        var replicas = deployment.Spec.Replicas ?? 1;
        var live = owned.Where(pod => pod.Metadata.DeletionTimestamp is null).ToList();
        var ended = live.Where(pod => pod.Status?.Phase is "Failed" or "Succeeded").ToList();
        var running = live.Except(ended).OrderBy(StatefulSetPlan.IsReady).ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal).ToList();
        var current = running.Where(pod => IsOf(pod, hash)).ToList();
        var old = running.Except(current).ToList();
        var delete = new List<V1Pod>(ended);
        delete.AddRange(current.Take(Math.Max(0, current.Count - replicas)));

        // An old pod goes when it serves nothing, or when enough others do without it.
        var spare = running.Count(StatefulSetPlan.IsReady) - replicas;
        delete.AddRange(old.Where(pod => !StatefulSetPlan.IsReady(pod)));
        delete.AddRange(old.Where(StatefulSetPlan.IsReady).Take(Math.Max(0, spare)));
        var room = replicas + (old.Count > 0 ? 1 : 0) - running.Count;
        return new(Math.Max(0, Math.Min(replicas - current.Count, room)), delete);
    }

    public static bool IsOf(V1Pod pod, string hash) =>
        pod.Metadata.Labels is { } labels && labels.TryGetValue(HashLabel, out var own) && own == hash;

    public static V1Pod Render(V1Deployment deployment, string hash) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new V1ObjectMeta
            {
                GenerateName = $"{deployment.Metadata.Name}-{hash}-",
                NamespaceProperty = deployment.Metadata.NamespaceProperty,
                Annotations = deployment.Spec.Template.Metadata?.Annotations,
                Labels = new Dictionary<string, string>(deployment.Spec.Template.Metadata?.Labels ?? new Dictionary<string, string>())
                {
                    [HashLabel] = hash,
                },
                OwnerReferences = [ControllerPods.Reference("Deployment", deployment.Metadata)],
            },
            Spec = deployment.Spec.Template.Spec,
        };
}
