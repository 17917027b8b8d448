using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Disruptions;

/// <summary>What a PodDisruptionBudget comes to with the pods that are there, counted as Kubernetes' own controller does.</summary>
/// <param name="Fault">Why it cannot be counted; nothing may be evicted then.</param>
internal sealed record BudgetCount(long Expected, long Healthy, long Desired, string? Fault = null)
{
    public long Allowed => Fault is null && Expected > 0 ? Math.Max(0, Healthy - Desired) : 0;

    public static BudgetCount Of(JsonObject budget, Store store)
    {
        var @namespace = budget.Text("metadata", "namespace") ?? "";
        var selector = LabelSelector.From(budget.At("spec", "selector"));
        var pods = store.List(Kinds.Pod, @namespace).Objects.Where(pod => selector.Matches(pod.Labels)).ToList();
        var healthy = pods.Count(pod => !pod.IsDeleting && IsReady(pod.ToNode()));
        var (most, least) = (budget.At("spec", "maxUnavailable"), budget.At("spec", "minAvailable"));
        if (most is null && Whole(least) is { } number)
        {
            return new(pods.Count, healthy, number);
        }

        // What is asked for counts, and not what is there: a pod that is missing is unavailable.
        var scales = Scales(store);
        if (pods.Find(pod => !pod.OwnerUids.Any(scales.ContainsKey)) is { } free)
        {
            return new(0, healthy, 0, $"found no controllers for pod \"{free.Name}\"");
        }

        var expected = pods.Select(pod => pod.OwnerUids.First(scales.ContainsKey)).Distinct().Sum(uid => scales[uid]);
        return new(expected, healthy, most is null ? Amount(least, expected) : Math.Max(0, expected - Amount(most, expected)));
    }

    public static bool IsReady(JsonObject pod) =>
        pod.Items("status", "conditions").Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True");

    private static Dictionary<string, long> Scales(Store store) =>
        Kinds
            .Scalable.SelectMany(kind => store.List(kind, null).Objects)
            .ToDictionary(stored => stored.Uid, stored => stored.ToNode().Number("spec", "replicas") ?? 1);

    private static long? Whole(JsonNode? value) =>
        long.TryParse(value?.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A number, or a percentage rounded up.</summary>
    private static long Amount(JsonNode? value, long of) =>
        Whole(value)
        ?? (
            int.TryParse(value?.ToString().TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out var percent)
                ? ((percent * of) + 99) / 100
                : of
        );
}
