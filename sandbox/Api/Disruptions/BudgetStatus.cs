using System.Globalization;
using System.Text.Json.Nodes;

namespace GitOpsOperator.Sandbox.Api.Disruptions;

/// <summary>
/// Keeps the status of PodDisruptionBudgets true. In a real cluster this is a controller beside the API server; here it runs inside, as the
/// eviction that asks the budgets does.
/// </summary>
internal sealed class BudgetStatus(Store store, TimeProvider time)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // A subscription ends when it lags behind; all budgets are counted each time, so nothing is missed by starting anew.
            using var changes = store.Subscribe(null, null, store.Revision);
            CountAll();
            while (await changes.Changes.WaitToReadAsync(cancellationToken))
            {
                var concerned = false;
                while (changes.Changes.TryRead(out var change))
                {
                    concerned |=
                        change.Object.Kind.IsPod
                        || change.Object.Kind == Kinds.PodDisruptionBudget
                        || Kinds.Scalable.Contains(change.Object.Kind);
                }

                if (concerned)
                {
                    CountAll();
                }
            }
        }
    }

    private void CountAll()
    {
        lock (store.Gate)
        {
            foreach (var stored in store.List(Kinds.PodDisruptionBudget, null).Objects)
            {
                var node = stored.ToNode();
                var status = StatusOf(node, BudgetCount.Of(node, store));
                if (!JsonNode.DeepEquals(node["status"], status))
                {
                    node["status"] = status;
                    store.Put(stored.Kind, node);
                }
            }
        }
    }

    private JsonObject StatusOf(JsonObject budget, BudgetCount count)
    {
        var status = (budget["status"]?.DeepClone() as JsonObject) ?? [];
        status["disruptionsAllowed"] = count.Allowed;
        status["currentHealthy"] = count.Healthy;
        status["desiredHealthy"] = count.Desired;
        status["expectedPods"] = count.Expected;
        status["observedGeneration"] = budget.Number("metadata", "generation") ?? 0;
        status["conditions"] = new JsonArray(Condition(budget, count));

        // As it would be read, for the comparison with what was.
        return JsonNode.Parse(Json.Bytes(status))!.AsObject();
    }

    private JsonObject Condition(JsonObject budget, BudgetCount count)
    {
        var (value, reason) = count switch
        {
            { Fault: not null } => ("False", "SyncFailed"),
            { Allowed: > 0 } => ("True", "SufficientPods"),
            _ => ("False", "InsufficientPods"),
        };
        var before = budget.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "DisruptionAllowed");
        var since = before.Text("status") == value ? before.Text("lastTransitionTime") : null;
        return new()
        {
            ["type"] = "DisruptionAllowed",
            ["status"] = value,
            ["reason"] = reason,
            ["message"] = count.Fault ?? "",
            ["observedGeneration"] = budget.Number("metadata", "generation") ?? 0,
            ["lastTransitionTime"] = since ?? time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
    }
}
