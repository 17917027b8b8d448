using System.Globalization;
using System.Text.Json.Nodes;
using GitOpsOperator.Sandbox.Api.Disruptions;

namespace GitOpsOperator.Sandbox.Api;

/// <summary>What is done to pods through paths of their own: eviction and binding to a node.</summary>
internal sealed class PodSubresources(Store store, Deletions deletions, TimeProvider time)
{
    /// <summary>A deletion that asks the disruption budgets first.</summary>
    /// <exception cref="ApiException">429: a budget forbids it now.</exception>
    public void Evict(string ns, string name, DeleteOptions options)
    {
        lock (store.Gate)
        {
            var pod = store.Get(Kinds.Pod, ns, name) ?? throw ApiException.NotFound(Kinds.Pod, name);
            var ended = pod.ToNode().Text("status", "phase") is "Succeeded" or "Failed" or "Pending";
            if (!ended && !pod.IsDeleting)
            {
                CheckBudgets(pod);
            }

            deletions.Delete(Kinds.Pod, ns, name, options);
        }
    }

    public void Bind(string ns, string name, JsonNode body, bool dryRun)
    {
        lock (store.Gate)
        {
            var pod = store.Get(Kinds.Pod, ns, name) ?? throw ApiException.NotFound(Kinds.Pod, name);
            var target = body.Text("target", "name") is { Length: > 0 } node
                ? node
                : throw ApiException.BadRequest("a Binding needs target.name");
            var bound = pod.ToNode();
            if (pod.IsDeleting)
            {
                throw ApiException.Conflict(Kinds.Pod, name, $"pod {name} is being deleted, cannot be assigned to a host");
            }

            if (bound.Text("spec", "nodeName") is { Length: > 0 } already)
            {
                throw ApiException.Conflict(Kinds.Pod, name, $"pod {name} is already assigned to node \"{already}\"");
            }

            bound.Object("spec")["nodeName"] = target;
            var conditions = bound.Object("status")["conditions"] as JsonArray ?? [];
            bound.Object("status")["conditions"] = new JsonArray([
                .. conditions.Where(condition => condition.Text("type") != "PodScheduled").Select(condition => condition!.DeepClone()),
                new JsonObject
                {
                    ["type"] = "PodScheduled",
                    ["status"] = "True",
                    ["lastProbeTime"] = null,
                    ["lastTransitionTime"] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                },
            ]);
            if (!dryRun)
            {
                store.Put(Kinds.Pod, bound);
            }
        }
    }

    private void CheckBudgets(StoredObject pod)
    {
        var budgets = store
            .List(Kinds.PodDisruptionBudget, pod.Namespace)
            .Objects.Select(stored => stored.ToNode())
            .Where(budget => LabelSelector.From(budget.At("spec", "selector")).Matches(pod.Labels))
            .ToList();
        if (budgets.Count > 1)
        {
            throw ApiException.BadRequest(
                "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
            );
        }

        if (budgets is not [var budget])
        {
            return;
        }

        // One that is not ready takes nothing away, as long as enough others are.
        var count = BudgetCount.Of(budget, store);
        var allowed = BudgetCount.IsReady(pod.ToNode()) ? count.Allowed > 0 : count.Fault is null && count.Healthy >= count.Desired;
        if (!allowed)
        {
            throw ApiException.DisruptionBudget(budget.Text("metadata", "name") ?? "", count.Healthy, count.Desired);
        }
    }
}
