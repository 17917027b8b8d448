using GitOpsOperator.Sandbox.Watches;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Controllers.StatefulSets;

/// <summary>What the controller does next to a set's pods.</summary>
internal sealed record SetActions(IReadOnlyList<int> Create, IReadOnlyList<V1Pod> Delete, IReadOnlyList<string> Foreign);

/// <summary>The decisions of the controller, apart from the calls: which pods are missing, too many, dead or of an old template.</summary>
internal static class StatefulSetPlan
{
    public static SetActions Next(V1StatefulSet set, IReadOnlyCollection<V1Pod> podsOfNamespace, string revision)
    {
        var replicas = set.Spec.Replicas ?? 1;
        var start = set.Spec.Ordinals?.Start ?? 0;
        var ordered = set.Spec.PodManagementPolicy != "Parallel";
        var owned = new SortedDictionary<int, V1Pod>();
        var foreign = new List<string>();
        foreach (var pod in podsOfNamespace)
        {
            if (SetPod.Ordinal(set, pod.Metadata.Name) is not { } ordinal)
            {
                continue;
            }

            if (ControllerPods.IsOwnedBy(pod.Metadata, set.Metadata))
            {
                owned.Add(ordinal, pod);
            }
            else
            {
                foreign.Add(pod.Metadata.Name);
            }
        }

        var create = new List<int>();
        var delete = new List<V1Pod>();
        var nothing = new SetActions([], [], foreign);
        for (var ordinal = start; ordinal < start + replicas; ordinal++)
        {
            if (!owned.TryGetValue(ordinal, out var pod))
            {
                if (!foreign.Contains(SetPod.Name(set, ordinal)))
                {
                    create.Add(ordinal);
                }
            }
            else if (pod.Status?.Phase is "Failed" or "Succeeded" && pod.Metadata.DeletionTimestamp is null)
            {
                delete.Add(pod);
            }

            if (
                ordered
                && (create.Count > 0 || delete.Count > 0 || pod is null || !IsReady(pod) || pod.Metadata.DeletionTimestamp is not null)
            )
            {
                return new SetActions(create, delete, foreign);
            }
        }

        if (create.Count > 0 || delete.Count > 0)
        {
            return new SetActions(create, delete, foreign);
        }

        var surplus = owned.Where(pod => pod.Key >= start + replicas || pod.Key < start).Select(pod => pod.Value).Reverse().ToList();
        if (surplus.Count > 0)
        {
            var chosen = ordered ? surplus.Take(1) : surplus;
            return nothing with { Delete = [.. chosen.Where(pod => pod.Metadata.DeletionTimestamp is null)] };
        }

        return set.Spec.UpdateStrategy?.Type == "OnDelete" ? nothing : nothing with { Delete = [.. NextToUpdate(set, owned, revision)] };
    }

    public static bool IsReady(V1Pod pod) => pod.Status?.Conditions?.Any(c => c.Type == "Ready" && c.Status == "True") == true;

    // One pod at a time, the highest ordinal first, and none while another is not ready.
    private static IEnumerable<V1Pod> NextToUpdate(V1StatefulSet set, SortedDictionary<int, V1Pod> owned, string revision)
    {
        var partition = set.Spec.UpdateStrategy?.RollingUpdate?.Partition ?? 0;
        foreach (var (ordinal, pod) in owned.Reverse())
        {
            if (pod.Metadata.DeletionTimestamp is not null)
            {
                yield break;
            }

            if (ordinal >= partition && !IsOf(pod, revision))
            {
                yield return pod;
                yield break;
            }

            if (!IsReady(pod))
            {
                yield break;
            }
        }
    }

    public static bool IsOf(V1Pod pod, string revision) =>
        pod.Metadata.Labels is { } labels && labels.TryGetValue(TemplateRevision.Label, out var own) && own == revision;
}
