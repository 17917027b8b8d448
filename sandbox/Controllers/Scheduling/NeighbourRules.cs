using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api;
using k8s;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Controllers.Scheduling;

/// <summary>A pod that has a node.</summary>
internal sealed record PlacedPod(V1Pod Pod, V1Node Node);

/// <summary>What a pod asks of the pods that are on a node, or elsewhere in its part of the topology, already.</summary>
internal sealed class NeighbourRules(V1Pod pod, IReadOnlyCollection<V1Node> nodes, IReadOnlyCollection<PlacedPod> placed)
{
    /// <summary>Why a node is not for the pod, in kube-scheduler's words; null where it is.</summary>
    public string? Against(V1Node node)
    {
        var affinity = pod.Spec.Affinity;
        return (affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []).Any(term => !HasCompany(term, node))
                ? "node(s) didn't match pod affinity rules"
            : (affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []).Any(term => Meant(pod, term, node).Any())
                ? "node(s) didn't match pod anti-affinity rules"
            : placed.Any(other => Shuns(other, node)) ? "node(s) didn't satisfy existing pods anti-affinity rules"
            : Spreads("DoNotSchedule").Any(spread => Skew(spread, node) > spread.MaxSkew)
                ? "node(s) didn't match pod topology spread constraints"
            : null;
    }

    /// <summary>The more, the better. Every pod that is shunned counts, so that the node with the fewest of them is taken.</summary>
    public long Preference(V1Node node)
    {
        const int Spreading = 100;
        var affinity = pod.Spec.Affinity;
        return (affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Sum(term =>
                (long)term.Weight * Meant(pod, term.PodAffinityTerm, node).Count()
            )
            - (affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Sum(term =>
                (long)term.Weight * Meant(pod, term.PodAffinityTerm, node).Count()
            )
            - Spreads("ScheduleAnyway").Sum(spread => (long)Spreading * Skew(spread, node));
    }

    /// <summary>The pods that a term of <paramref name="whose"/> means, in the node's part of the topology.</summary>
    private IEnumerable<PlacedPod> Meant(V1Pod whose, V1PodAffinityTerm term, V1Node node) =>
        NodeRules.Label(node, term.TopologyKey) is not { } domain
            ? []
            : placed.Where(other => NodeRules.Label(other.Node, term.TopologyKey) == domain && Means(whose, term, other.Pod));

    /// <summary>The first of several pods that want each other's company has nobody to go to, and may go anywhere.</summary>
    private bool HasCompany(V1PodAffinityTerm term, V1Node node) =>
        Meant(pod, term, node).Any()
        || (
            NodeRules.Label(node, term.TopologyKey) is not null
            && Means(pod, term, pod)
            && !placed.Any(other => Means(pod, term, other.Pod))
        );

    private bool Shuns(PlacedPod other, V1Node node) =>
        (other.Pod.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []).Any(term =>
            NodeRules.Label(node, term.TopologyKey) is { } domain
            && NodeRules.Label(other.Node, term.TopologyKey) == domain
            && Means(other.Pod, term, pod)
        );

    private static bool Means(V1Pod whose, V1PodAffinityTerm term, V1Pod other) =>
        (
            term.Namespaces is { Count: > 0 } namespaces
                ? namespaces.Contains(other.Metadata.NamespaceProperty)
                : other.Metadata.NamespaceProperty == whose.Metadata.NamespaceProperty
        ) && Matches(term.LabelSelector, other);

    private IEnumerable<V1TopologySpreadConstraint> Spreads(string whenUnsatisfiable) =>
        (pod.Spec.TopologySpreadConstraints ?? []).Where(spread => spread.WhenUnsatisfiable == whenUnsatisfiable);

    /// <summary>By how many pods the node's domain would be ahead of the emptiest one; a node without the label is in none, and never
    /// taken.</summary>
    private int Skew(V1TopologySpreadConstraint spread, V1Node node)
    {
        if (NodeRules.Label(node, spread.TopologyKey) is not { } domain)
        {
            return int.MaxValue;
        }

        var counts = nodes
            .Where(other => NodeRules.Selects(pod, other))
            .Select(other => NodeRules.Label(other, spread.TopologyKey))
            .OfType<string>()
            .Distinct()
            .ToDictionary(
                name => name,
                name =>
                    placed.Count(other =>
                        other.Pod.Metadata.DeletionTimestamp is null
                        && other.Pod.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty
                        && NodeRules.Label(other.Node, spread.TopologyKey) == name
                        && Matches(spread.LabelSelector, other.Pod)
                    )
            );
        return counts.GetValueOrDefault(domain) + 1 - counts.Values.DefaultIfEmpty(0).Min();
    }

    private static bool Matches(V1LabelSelector? selector, V1Pod other) =>
        selector is not null
        && LabelSelector
            .From(JsonNode.Parse(KubernetesJson.Serialize(selector)))
            .Matches(new Dictionary<string, string>(other.Metadata.Labels ?? new Dictionary<string, string>()));
}
