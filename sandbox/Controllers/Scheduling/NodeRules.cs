using System.Globalization;
using k8s.Models;

namespace GitOpsOperator.Sandbox.Controllers.Scheduling;

/// <summary>What a pod asks of a node itself, whoever else is there.</summary>
internal static class NodeRules
{
    /// <summary>
    /// Why a node is not for a pod, in kube-scheduler's words; null where it is. Taints and selectors:
    /// https://kubernetes.io/docs/concepts/scheduling-eviction/.
    /// </summary>
    public static string? Against(V1Pod pod, V1Node node) =>
        node.Spec?.Unschedulable == true ? "node(s) were unschedulable"
        : Untolerated(pod, node) is { } taint ? $"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}"
        : !Selects(pod, node) ? "node(s) didn't match Pod's node affinity/selector"
        : null;

    public static bool Selects(V1Pod pod, V1Node node)
    {
        var required = pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        return (pod.Spec.NodeSelector ?? new Dictionary<string, string>()).All(wanted => Label(node, wanted.Key) == wanted.Value)
            && (required is null || required.NodeSelectorTerms.Any(term => Matches(term, node)));
    }

    /// <summary>Sum of the weights of what the pod would like and the node has.</summary>
    public static int Preference(V1Pod pod, V1Node node) =>
        (pod.Spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? [])
            .Where(term => Matches(term.Preference, node))
            .Sum(term => term.Weight);

    public static string? Label(V1Node node, string key) => node.Metadata.Labels?.TryGetValue(key, out var value) == true ? value : null;

    private static V1Taint? Untolerated(V1Pod pod, V1Node node) =>
        (node.Spec?.Taints ?? []).FirstOrDefault(taint =>
            taint.Effect is "NoSchedule" or "NoExecute" && !(pod.Spec.Tolerations ?? []).Any(toleration => Tolerates(toleration, taint))
        );

    private static bool Tolerates(V1Toleration toleration, V1Taint taint) =>
        (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == taint.Effect)
        && (
            toleration.OperatorProperty == "Exists"
                ? string.IsNullOrEmpty(toleration.Key) || toleration.Key == taint.Key
                : toleration.Key == taint.Key && (toleration.Value ?? "") == (taint.Value ?? "")
        );

    private static bool Matches(V1NodeSelectorTerm term, V1Node node)
    {
        var (labels, fields) = (term.MatchExpressions ?? [], term.MatchFields ?? []);

        // A term that asks for nothing selects no node.
        return labels.Count + fields.Count > 0
            && labels.All(requirement => Meets(requirement, Label(node, requirement.Key)))
            && fields.All(requirement => Meets(requirement, requirement.Key == "metadata.name" ? node.Metadata.Name : null));
    }

    private static bool Meets(V1NodeSelectorRequirement requirement, string? value)
    {
        var values = requirement.Values ?? [];
        return requirement.OperatorProperty switch
        {
            "In" => value is not null && values.Contains(value),
            "NotIn" => value is null || !values.Contains(value),
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            "Gt" => Number(value) is { } number && number > Number(values.FirstOrDefault()),
            "Lt" => Number(value) is { } number && number < Number(values.FirstOrDefault()),
            _ => false,
        };
    }

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
