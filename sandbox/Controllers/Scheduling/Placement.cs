using System.Globalization;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Controllers.Scheduling;

/// <summary>Which node a pod goes to. Pure; the same cluster gives the same node.</summary>
/// <param name="Node">Null where none takes it.</param>
/// <param name="Reason">Why none does, as kube-scheduler says it.</param>
internal sealed record Placement(string? Node, string? Reason)
{
    /// <summary>
    /// On a claim: where its volume is. A folder cannot go to another node, as the volumes of local disks; Kubernetes' scheduler writes the
    /// same annotation when a volume is made where its first pod goes (WaitForFirstConsumer).
    /// </summary>
    public const string SelectedNode = "volume.kubernetes.io/selected-node";

    /// <param name="claim">The claim of a name in the pod's namespace; null where there is none.</param>
    public static Placement Of(
        V1Pod pod,
        IReadOnlyCollection<V1Node> nodes,
        IReadOnlyCollection<PlacedPod> placed,
        Func<string, V1PersistentVolumeClaim?> claim
    )
    {
        var claims = Claims(pod).ToList();
        if (claims.Find(name => claim(name) is null) is { } missing)
        {
            return new(null, $"persistentvolumeclaim \"{missing}\" not found");
        }

        var homes = claims.Select(name => Home(claim(name)!)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var neighbours = new NeighbourRules(pod, nodes, placed);
        var judged = nodes
            .Select(node =>
                (
                    Node: node,
                    Reason: NodeRules.Against(pod, node)
                        ?? (
                            homes.Any(home => home != node.Metadata.Name)
                                ? "node(s) had volume node affinity conflict"
                                : neighbours.Against(node)
                        )
                )
            )
            .ToList();
        var best = judged
            .Where(entry => entry.Reason is null)
            .Select(entry => entry.Node)
            .OrderByDescending(node => NodeRules.Preference(pod, node) + neighbours.Preference(node))
            .ThenBy(node => placed.Count(other => other.Node.Metadata.Name == node.Metadata.Name))
            .ThenBy(node => node.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best is not null ? new(best.Metadata.Name, null) : new(null, Refusal(judged.Select(entry => entry.Reason!).ToList()));
    }

    public static IEnumerable<string> Claims(V1Pod pod) =>
        (pod.Spec.Volumes ?? []).Select(volume => volume.PersistentVolumeClaim?.ClaimName).OfType<string>().Distinct();

    /// <summary>The node that has a claim's volume; null before there is one.</summary>
    public static string? Home(V1PersistentVolumeClaim claim) =>
        claim.Metadata.Annotations?.TryGetValue(SelectedNode, out var node) == true ? node : null;

    private static string Refusal(List<string> reasons) =>
        reasons.Count == 0
            ? "no nodes available to schedule pods"
            : string.Create(CultureInfo.InvariantCulture, $"0/{reasons.Count} nodes are available: {Counted(reasons)}.");

    private static string Counted(List<string> reasons) =>
        string.Join(", ", reasons.GroupBy(reason => reason).Select(group => $"{group.Count()} {group.Key}").Order(StringComparer.Ordinal));
}
